import { describe, expect, it } from 'vitest';
import { sinksIn } from './sinks.ts';

describe('outputs of agents', () => {
  it.each([
    ['Fluent Bit', '[OUTPUT]\n    Match *\n    Name  loki\n[OUTPUT]\n    Name stdout\n', ['loki']],
    [
      'Fluent Bit, YAML',
      'service:\n  flush: 1\npipeline:\n  inputs:\n    - name: tail\n  outputs:\n    - name: loki\n    - name: stdout\n',
      ['loki'],
    ],
    ['Fluentd', '<match **>\n  @type elasticsearch\n</match>', ['elasticsearch']],
    ['Promtail', 'clients:\n  - url: http://loki:3100/push\n', ['http://loki:3100/push']],
    ['Filebeat', 'output.elasticsearch:\n  hosts: [es]\n', ['elasticsearch']],
    ['Vector, TOML', '[sources.a]\ntype = "file"\n[sinks.b]\ninputs = ["a"]\ntype = "loki"\n', ['loki']],
    [
      'Vector, YAML, by what each sink takes',
      `sources:
  a: { type: kubernetes_logs }
  m: { type: internal_metrics }
transforms:
  parsed: { type: remap, inputs: [joined] }
  joined: { type: reduce, inputs: ["a"] }
sinks:
  kept: { type: aws_s3, inputs: [parsed.errors] }
  metrics: { type: datadog_metrics, inputs: [m] }
  unfed: { type: loki, inputs: [misspelt] }
  dropped: { type: blackhole, inputs: [a] }
`,
      ['aws_s3'],
    ],
    [
      'Fluentd, copied',
      '<match **>\n  @type copy\n  <store>\n    @type s3\n  </store>\n  <store>\n    @type stdout\n  </store>\n</match>',
      ['s3'],
    ],
    ['Fluentd, only handed on', '<match **>\n  @type relabel\n  @label @out\n</match>', []],
    ['a comment', '# [OUTPUT]\n#  Name loki\n', []],
    ['only a terminal', '[OUTPUT]\n    Name stdout\n', []],
  ])('%s', (_, text, expected) => expect(sinksIn(text)).toEqual(expected));

  it('are looked for without backtracking over what is blank', () => {
    for (const head of ['[OUTPUT]', '<match a>', '[sinks.a]', 'clients:', ''])
      expect(sinksIn(`${head}${'\n'.repeat(50_000)}`)).toEqual([]);
  });
});
