/** Where the configurations of agents for logs send lines to. */
import { fluentBitSinks } from './fluent-bit.ts';
import { vectorSinks } from './vector.ts';

/** Where configurations of the other agents send lines to. Terminals and discards are none. */
const OUTPUTS: readonly (readonly [agent: string, pattern: RegExp])[] = [
  ['Fluentd', /<(?:match|store)\b[^>\n]*>\s*@type[ \t]+(\S+)/gi],
  ['Promtail', /^clients:[ \t]*\n[ \t]*-[ \t]*url:[ \t]*(\S+)/gim],
  ['Filebeat', /^output\.(\w+):/gim],
];

/** Terminals and discards, what takes metrics alone, and what of Fluentd hands lines on to other outputs. */
const NOWHERE =
  /^(?:null|stdout|counter|debug|logging|nop|console|blackhole|exit|flowcounter|otelcol\.exporter\.debug|prometheus(?:_exporter|_remote_write)?|copy|relabel|rewrite_tag_filter|detect_exceptions)$/i;

/** Components of Alloy that send lines on, and their labels. */
const ALLOY = /^(loki\.write|otelcol\.exporter\.\w+)\s+"(\w+)"/gim;

/** Names of the outputs that lines come to, in the texts of one agent's configuration; comments do not count. */
export function sinksIn(texts: readonly string[]): string[] {
  const bounded = texts.map((text) => text.slice(0, 200_000).replaceAll(/^[ \t]*(?:[#;]|\/\/).*$/gm, ''));
  const found = bounded.flatMap((text) =>
    OUTPUTS.flatMap(([, pattern]) => [...text.matchAll(pattern)].map(([, name = '']) => name)),
  );
  return [...found, ...alloy(bounded), ...vectorSinks(bounded), ...fluentBitSinks(bounded)].filter(
    (name) => !NOWHERE.test(name),
  );
}

/** Those of Alloy that another component forwards to: each is named by what it exports, `loki.write.NAME.receiver`. */
function alloy(texts: readonly string[]): string[] {
  const all = texts.join('\n');
  return [...all.matchAll(ALLOY)].flatMap(([, type = '', label = '']) =>
    all.includes(`${type}.${label}.`) ? [type] : [],
  );
}
