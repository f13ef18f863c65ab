import { describe, expect, it } from 'vitest';
import { sinksIn } from './sinks.ts';

const sinksOf = (text: string): string[] => sinksIn([{ name: 'agent.conf', text }]);

const bit = (filters: string): string =>
  `[INPUT]\n  Name tail\n  Tag kube.*\n${filters}[OUTPUT]\n  Name loki\n  Match *\n`;
const grep = (settings: string): string => `[FILTER]\n  Name grep\n${settings}`;
const promtail = (...stages: string[]): string =>
  `clients: [{ url: "http://loki/push" }]\nscrape_configs:\n${stages.map((each) => `  - { job_name: a, pipeline_stages: [${each}] }\n`).join('')}`;
const vector = (condition: string): string =>
  `sources:\n  pods: { type: kubernetes_logs }\ntransforms:\n  some: { type: filter, inputs: [pods], condition: ${condition} }\nsinks:\n  kept: { type: loki, inputs: [some] }\n`;
const alloy = (stages: string): string =>
  `loki.source.file "pods" {\n  forward_to = [loki.process.some.receiver]\n}\nloki.process "some" {\n${stages}  forward_to = [loki.write.kept.receiver]\n}\nloki.write "kept" {\n  endpoint {\n  }\n}\n`;

describe('lines come to no output', () => {
  it.each([
    ['behind grep of Fluent Bit that excludes any', bit(grep('  Match *\n  Exclude log .*\n'))],
    ['behind one for the tag of the input', bit(grep('  Match kube.*\n  Exclude $log ^.+$\n'))],
    ['of Promtail that drops any', promtail('{ drop: { expression: ".*" } }')],
    ['of Promtail that is told nothing of what to drop', promtail('{ drop: {} }', '{ drop: { expression: ".+" } }')],
    ['of Vector, whose filter is never met', vector('"false"')],
    ['of Vector, whose filter in VRL is never met', vector('{ type: vrl, source: "false" }')],
    [
      'of Vector in TOML, whose filter is never met',
      '[sources.a]\ntype = "file"\n[transforms.b]\ntype = "filter"\ninputs = ["a"]\ncondition = "false"\n[sinks.c]\ninputs = ["b"]\ntype = "loki"\n',
    ],
    ['of Alloy that drops any', alloy('  stage.drop {\n    expression = ".*"\n  }\n')],
    ['of Alloy that is told nothing of what to drop', alloy('  stage.cri {}\n  stage.drop { }\n')],
  ])('%s', (_, text) => expect(sinksOf(text)).toEqual([]));
});

describe('lines come to the output', () => {
  it.each([
    ['behind grep of Fluent Bit that excludes some', bit(grep('  Match *\n  Exclude log healthz\n'))],
    ['behind one for lines of one letter', bit(grep('  Match *\n  Exclude log ^.$\n'))],
    ['behind one for another tag', bit(grep('  Match host.*\n  Exclude log .*\n'))],
    ['behind one for a field that lines need not have', bit(grep('  Match *\n  Exclude stream .*\n'))],
    ['behind one that keeps what matches', bit(grep('  Match *\n  Regex log .*\n'))],
    [
      'behind one that follows a parser',
      bit(`[FILTER]\n  Name parser\n  Match *\n${grep('  Match *\n  Exclude log .*\n')}`),
    ],
    ['of Promtail that drops by a field', promtail('{ drop: { source: level, expression: ".*" } }')],
    ['of Promtail that drops what is old', promtail('{ drop: { older_than: 24h } }')],
    ['of Promtail, one of whose jobs drops any', promtail('{ drop: { expression: ".*" } }', '{ cri: {} }')],
    ['of Vector, whose filter asks for something', vector('.level != "debug"')],
    ['of Alloy that drops some', alloy('  stage.drop {\n    expression = "debug"\n  }\n')],
    ['of Alloy that drops what is long', alloy('  stage.drop {\n    longer_than = "8KB"\n  }\n')],
    [
      'of Alloy that drops of what matches',
      alloy('  stage.match {\n    selector = "{a=\\"}\\"}"\n    stage.drop {\n      expression = ".*"\n    }\n  }\n'),
    ],
  ])('%s', (_, text) => expect(sinksOf(text)).toHaveLength(1));
});
