import { Cursor } from '../../model/cursor.ts';
import { embedded } from '../../proofs/alerting/embedded.ts';

/** Where configurations of the other agents send lines to. Terminals and discards are none. */
const OUTPUTS: readonly (readonly [agent: string, pattern: RegExp])[] = [
  ['Fluent Bit', /^[ \t]*\[OUTPUT\][ \t]*(?:\n[ \t]+(?!Name\b)\S.*)*\n[ \t]+Name[ \t]+(\S+)/gim],
  ['Fluentd', /<(?:match|store)\b[^>\n]*>\s*@type[ \t]+(\S+)/gi],
  ['Promtail', /^clients:[ \t]*\n[ \t]*-[ \t]*url:[ \t]*(\S+)/gim],
  ['Alloy', /^(loki\.write|otelcol\.exporter\.\w+)\s+"/gim],
  ['Filebeat', /^output\.(\w+):/gim],
];

/** Terminals and discards, what takes metrics alone, and what of Fluentd hands lines on to other outputs. */
const NOWHERE =
  /^(?:null|stdout|counter|debug|logging|nop|console|blackhole|exit|flowcounter|otelcol\.exporter\.debug|prometheus(?:_exporter|_remote_write)?|copy|relabel|rewrite_tag_filter|detect_exceptions)$/i;

/** Vector writes YAML or TOML: only the sinks' types count, not those of sources and transforms. */
const VECTOR_TOML = /^\[sinks\.[^\]]+\][ \t]*\n(?:(?!\[|[ \t]*type\b).*\n)*[ \t]*type[ \t]*=[ \t]*"([^"]+)"/gim;

/** Names of the outputs in the text of an agent's configuration; comments do not count. */
export function sinksIn(text: string): string[] {
  const bounded = text.slice(0, 200_000).replaceAll(/^[ \t]*[#;].*$/gm, '');
  const found = OUTPUTS.flatMap(([, pattern]) => [...bounded.matchAll(pattern)].map(([, name = '']) => name));
  const vector = [...bounded.matchAll(VECTOR_TOML)].map(([, name = '']) => name);
  return [...found, ...vector, ...vectorYaml(bounded), ...fluentBitYaml(bounded)].filter((name) => !NOWHERE.test(name));
}

/** Sources of Vector that read the lines of a node. https://vector.dev/docs/reference/configuration/sources/ */
const VECTOR_READERS = /^(?:kubernetes_logs|file|journald|docker_logs|fluent|syslog|stdin)$/;

/** The sinks of Vector that lines come to from a source that reads them, through transforms; an input may be a pattern. */
function vectorYaml(text: string): string[] {
  if (!/^sinks:/m.test(text)) return [];
  const root = new Cursor(embedded(text), { path: '' });
  const typed = (part: string): [string, Cursor][] => root.get(part).entries();
  const carrying = new Set(
    typed('sources').flatMap(([name, at]) => (VECTOR_READERS.test(at.get('type').string() ?? '') ? [name] : [])),
  );
  const takes = (at: Cursor): boolean =>
    at
      .get('inputs')
      .strings()
      .some((input) => isAmong(input, carrying));
  const transforms = typed('transforms');
  for (const _ of transforms) for (const [name, at] of transforms) if (takes(at)) carrying.add(name);
  return typed('sinks').flatMap(([, at]) => (takes(at) ? (at.get('type').string() ?? []) : []));
}

/** `app`, `app.errors` of a transform with several outputs, or `app*`. */
function isAmong(input: string, names: ReadonlySet<string>): boolean {
  if (input.endsWith('*')) return [...names].some((name) => name.startsWith(input.slice(0, -1)));
  return names.has(input) || names.has(input.split('.')[0] ?? '');
}

/** Fluent Bit since 2.0 in its format of YAML. https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/yaml */
function fluentBitYaml(text: string): string[] {
  if (!/^pipeline:/m.test(text)) return [];
  return new Cursor(embedded(text), { path: '' })
    .get('pipeline', 'outputs')
    .items()
    .flatMap((output) => output.get('name').string() ?? output.get('Name').string() ?? []);
}
