import { Cursor } from '../../model/cursor.ts';
import { embedded } from '../../proofs/alerting/embedded.ts';

/** Where configurations of the other agents send lines to. Terminals and discards are none. */
const OUTPUTS: readonly (readonly [agent: string, pattern: RegExp])[] = [
  ['Fluent Bit', /^[ \t]*\[OUTPUT\][ \t]*(?:\n[ \t]+(?!Name\b)\S.*)*\n[ \t]+Name[ \t]+(\S+)/gim],
  ['Fluentd', /<match\b[^>\n]*>\s*@type[ \t]+(\S+)/gi],
  ['Promtail', /^clients:[ \t]*\n[ \t]*-[ \t]*url:[ \t]*(\S+)/gim],
  ['Alloy', /^(loki\.write|otelcol\.exporter\.\w+)\s+"/gim],
  ['Filebeat', /^output\.(\w+):/gim],
];

const NOWHERE = /^(?:null|stdout|counter|debug|logging|nop|console|exit|flowcounter|otelcol\.exporter\.debug)$/i;

/** Vector writes YAML or TOML: only the sinks' types count, not those of sources and transforms. */
const VECTOR_TOML = /^\[sinks\.[^\]]+\][ \t]*\n(?:(?!\[|[ \t]*type\b).*\n)*[ \t]*type[ \t]*=[ \t]*"([^"]+)"/gim;

/** Names of the outputs in the text of an agent's configuration; comments do not count. */
export function sinksIn(text: string): string[] {
  const bounded = text.slice(0, 200_000).replaceAll(/^[ \t]*[#;].*$/gm, '');
  const found = OUTPUTS.flatMap(([, pattern]) => [...bounded.matchAll(pattern)].map(([, name = '']) => name));
  const vector = [...bounded.matchAll(VECTOR_TOML)].map(([, name = '']) => name);
  return [...found, ...vector, ...vectorYaml(bounded), ...fluentBitYaml(bounded)].filter((name) => !NOWHERE.test(name));
}

function vectorYaml(text: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^sinks:\s*$/.test(line));
  if (start === -1) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^\S/.test(line));
  return rest
    .slice(0, end === -1 ? rest.length : end)
    .flatMap((line) => /^\s+type:\s*["']?(\w+)/.exec(line)?.[1] ?? []);
}

/** Fluent Bit since 2.0 in its format of YAML. https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/yaml */
function fluentBitYaml(text: string): string[] {
  if (!/^pipeline:/m.test(text)) return [];
  return new Cursor(embedded(text), { path: '' })
    .get('pipeline', 'outputs')
    .items()
    .flatMap((output) => output.get('name').string() ?? output.get('Name').string() ?? []);
}
