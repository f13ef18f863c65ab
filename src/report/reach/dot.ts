import { visible } from '../text/visible.ts';
import type { ReachMap } from './schema.ts';

/** The map as a Graphviz digraph: namespaces are clusters, what is unknown is dashed. */
export function mapDot({ rows, unknown }: Pick<ReachMap, 'rows' | 'unknown'>): string {
  const all = [...rows, ...unknown];
  const ends = [...new Set(all.flatMap(({ src, dst }) => [src, dst]))].sort();
  const namespaces = new Map<string, string[]>();
  for (const end of ends) {
    const namespace = namespaceOf(end);
    namespaces.set(namespace, [...(namespaces.get(namespace) ?? []), end]);
  }
  return [
    'digraph reach {',
    '  rankdir=LR;',
    '  node [shape=box, fontname="sans-serif", fontsize=11];',
    '  edge [fontname="sans-serif", fontsize=9, color="#57606a"];',
    ...[...namespaces].flatMap(([namespace, members]) => cluster(namespace, members)),
    ...rows.map(({ src, dst, conn }) => `  ${quote(src)} -> ${quote(dst)} [label=${quote(conn)}];`),
    ...unknown.map(
      ({ src, dst, conn }) => `  ${quote(src)} -> ${quote(dst)} [label=${quote(`${conn}?`)}, style=dashed];`,
    ),
    '}',
    '',
  ].join('\n');
}

function cluster(namespace: string, members: readonly string[]): string[] {
  const nodes = members.map(
    (id) => `${quote(id)} [label=${quote(namespace === '' ? id : id.slice(namespace.length + 1))}];`,
  );
  if (namespace === '') return nodes.map((node) => `  ${node}`);
  return [
    `  subgraph ${quote(`cluster_${namespace}`)} {`,
    `    label=${quote(namespace)};`,
    ...nodes.map((node) => `    ${node}`),
    '  }',
  ];
}

/** The namespace of a workload's id; empty for addresses and controllers. */
export function namespaceOf(end: string): string {
  return end.endsWith(']') ? end.slice(0, end.indexOf('/')) : '';
}

function quote(text: string): string {
  return `"${visible(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
