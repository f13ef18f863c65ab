/** Where the configurations of agents for logs send lines to. */
import { alloySinks } from './alloy.ts';
import type { ConfigFile } from './files.ts';
import { fluentBitSinks } from './fluent-bit.ts';
import { fluentdSinks } from './fluentd.ts';
import { promtailSinks } from './promtail.ts';
import { vectorSinks } from './vector.ts';

/** The output of Filebeat, of which it has one. */
const FILEBEAT = /^output\.(\w+):/gim;

/** Terminals and discards, what takes metrics alone, and what of Fluentd hands lines on to other outputs. */
const NOWHERE =
  /^(?:null|stdout|counter|debug|logging|nop|console|blackhole|exit|flowcounter|otelcol\.exporter\.debug|prometheus(?:_exporter|_remote_write)?|copy|relabel|rewrite_tag_filter|detect_exceptions|retag|route|rewrite|label_router)$/i;

/** Names of the outputs that lines come to, in the files of one agent's configuration; comments do not count. */
export function sinksIn(files: readonly ConfigFile[]): string[] {
  const bounded = files.map(({ name, text }) => ({
    name,
    text: text.slice(0, 200_000).replaceAll(/^[ \t]*(?:[#;]|\/\/).*$/gm, ''),
  }));
  const texts = bounded.map(({ text }) => text);
  const filebeat = texts.flatMap((text) => [...text.matchAll(FILEBEAT)].map(([, name = '']) => name));
  const found = [
    ...filebeat,
    ...alloySinks(texts),
    ...promtailSinks(bounded),
    ...fluentdSinks(bounded),
    ...vectorSinks(texts),
    ...fluentBitSinks(texts),
  ];
  return found.filter((name) => name !== '' && !NOWHERE.test(name));
}
