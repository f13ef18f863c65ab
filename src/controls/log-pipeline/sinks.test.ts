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
    [
      'Fluent Bit, a tag that nothing takes',
      '[INPUT]\n  Name tail\n  Tag kube.*\n[OUTPUT]\n  Name es\n  Match k8s.*\n',
      [],
    ],
    [
      'Fluent Bit, a part of a tag',
      '[INPUT]\n  name tail\n  tag kube.*\n[OUTPUT]\n  name es\n  match *.var.log.*\n',
      ['es'],
    ],
    [
      'Fluent Bit, tags that a filter gives',
      '[INPUT]\n  Name tail\n  Tag kube.*\n[FILTER]\n  Name rewrite_tag\n[OUTPUT]\n  Name es\n  Match app.*\n',
      ['es'],
    ],
    ['Fluent Bit, metrics alone', '[INPUT]\n  Name cpu\n  Tag cpu\n[OUTPUT]\n  Name es\n  Match cpu\n', []],
    [
      'Vector, TOML, an input that is not there',
      '[sources.a]\ntype = "file"\n[sinks.b]\ninputs = ["x"]\ntype = "loki"\n',
      [],
    ],
    [
      'Alloy',
      'loki.source.file "pods" {\n  forward_to = [loki.write.kept.receiver]\n}\nloki.write "kept" {\n}\n',
      ['loki.write'],
    ],
    [
      'Fluent Bit, YAML, with processors',
      'pipeline:\n  inputs:\n    - name: tail\n      tag: kube.*\n      processors: { logs: [] }\n  outputs:\n    - { name: es, match: "kube.*" }\n    - { name: s3, match: host.* }\n',
      ['es'],
    ],
    ['Alloy, written to by nothing', 'loki.write "kept" {\n}\n', []],
    ['a comment', '# [OUTPUT]\n#  Name loki\n', []],
    ['only a terminal', '[OUTPUT]\n    Name stdout\n', []],
  ])('%s', (_, text, expected) => expect(sinksIn([text])).toEqual(expected));

  it('are looked for in all files of an agent together', () => {
    const input = '[INPUT]\n  Name tail\n  Tag kube.*\n';
    expect(sinksIn([input, '[OUTPUT]\n  Name es\n  Match kube.*\n'])).toEqual(['es']);
    expect(sinksIn([input, '[OUTPUT]\n  Name es\n  Match host.*\n'])).toEqual([]);
  });

  it('are looked for without backtracking over what is blank', () => {
    for (const head of ['[OUTPUT]', '<match a>', '[sinks.a]', 'clients:', ''])
      expect(sinksIn([`${head}${'\n'.repeat(50_000)}`])).toEqual([]);
  });
});
