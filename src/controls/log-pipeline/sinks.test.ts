import { describe, expect, it } from 'vitest';
import { sinksIn } from './sinks.ts';

function sinksOf(...texts: string[]): string[] {
  return sinksIn(texts.map((text, index) => ({ name: `${index}.conf`, text })));
}

describe('outputs of agents', () => {
  it.each([
    ['Fluent Bit', '[OUTPUT]\n    Match *\n    Name  loki\n[OUTPUT]\n    Name stdout\n', ['loki']],
    [
      'Fluent Bit, YAML',
      'service:\n  flush: 1\npipeline:\n  inputs:\n    - name: tail\n  outputs:\n    - name: loki\n    - name: stdout\n',
      ['loki'],
    ],
    ['Fluentd', '<match **>\n  @type elasticsearch\n</match>', ['elasticsearch']],
    [
      'Promtail',
      'clients:\n  - tenant_id: a\n    url: http://loki:3100/push\nscrape_configs:\n  - job_name: pods\n',
      ['http://loki:3100/push'],
    ],
    ['Promtail, which reads nothing', 'clients:\n  - url: http://loki:3100/push\n', []],
    ['Filebeat', 'output.elasticsearch:\n  hosts: [es]\n', ['elasticsearch']],
    ['Vector, TOML', '[sources.a]\ntype = "file"\n[sinks.b]\ninputs = ["a"]\ntype = "loki"\n', ['loki']],
    [
      'Vector, TOML, dotted keys',
      'sources.a.type = "kubernetes_logs"\nsinks.b.type = "loki"\nsinks.b.inputs = ["a"]\nsinks.c.type = "aws_s3"\nsinks.c.inputs = ["x"]\n',
      ['loki'],
    ],
    [
      'Vector, TOML, inline tables',
      '[sources]\na = { type = "file" }\n[sinks]\nb = { type = "loki", inputs = ["a"] }\n',
      ['loki'],
    ],
    [
      'Vector, TOML, a list over several lines',
      '[sources.a]\ntype = "file"\n[sinks.b]\ninputs = [\n  "a",\n]\ntype = "loki"\n[sinks.b.encoding]\ntype = "json"\n',
      ['loki'],
    ],
    [
      'Vector, JSON',
      '{"sources":{"a":{"type":"file"}},"sinks":{"b":{"type":"loki","inputs":["a"]},"c":{"type":"aws_s3","inputs":["x"]}}}',
      ['loki'],
    ],
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
  ])('%s', (_, text, expected) => expect(sinksOf(text)).toEqual(expected));

  it('are looked for in all files of an agent together', () => {
    const input = '[INPUT]\n  Name tail\n  Tag kube.*\n';
    expect(sinksOf(input, '[OUTPUT]\n  Name es\n  Match kube.*\n')).toEqual(['es']);
    expect(sinksOf(input, '[OUTPUT]\n  Name es\n  Match host.*\n')).toEqual([]);
  });

  it('are looked for without backtracking over what is blank', () => {
    for (const head of ['[OUTPUT]', '<match a>', '[sinks.a]', 'clients:', ''])
      expect(sinksOf(`${head}${'\n'.repeat(50_000)}`)).toEqual([]);
  });
});
