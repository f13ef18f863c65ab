import { describe, expect, it } from 'vitest';
import type { HclBlock } from '../../../model/document.ts';
import { applyOverrides, readHcl, readHclJson } from './index.ts';

function merged(files: Readonly<Record<string, string>>): ReturnType<typeof applyOverrides> {
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const read = (path.endsWith('.json') ? readHclJson : readHcl)(text, { path, module: '.' });
    expect(read.problems).toEqual([]);
    return read.blocks;
  });
  return applyOverrides(blocks);
}

/** `path:line value` of each attribute, and the types of the nested blocks. */
function outline({ attributes, blocks }: HclBlock): unknown {
  return {
    ...Object.fromEntries(
      Object.entries(attributes).map(([name, { text, origin }]) => [name, `${origin.path}:${origin.line} ${text}`]),
    ),
    ...(blocks.length === 0 ? {} : { blocks: blocks.map((block) => [block.type, ...block.labels, outline(block)]) }),
  };
}

function outlines(files: Readonly<Record<string, string>>, type: string): unknown[] {
  return merged(files)
    .blocks.filter((block) => block.type === type)
    .map(outline);
}

describe('override files', () => {
  it('replace arguments one by one, each at the place that states it', () => {
    const files = {
      'main.tf': 'resource "db" "x" {\n  a = 1\n  b = 2\n}\nresource "db" "y" {\n  a = 1\n}\n',
      'main_override.tf': 'resource "db" "x" {\n  b = 3\n  c = 4\n}\n',
    };
    expect(outlines(files, 'resource')).toEqual([
      { a: 'main.tf:2 1', b: 'main_override.tf:2 3', c: 'main_override.tf:3 4' },
      { a: 'main.tf:6 1' },
    ]);
  });

  it('apply by name of file and then by place, whatever their order, and take JSON with the native syntax', () => {
    const files = {
      'z_override.tf': 'resource "db" "x" {\n  a = "last"\n}\n',
      'override.tf.json': '{"resource": {"db": {"x": {"a": "first", "b": "json"}}}}',
      'a_override.tofu': 'resource "db" "x" {\n  b = "earliest"\n}\n',
      'overrides.tf': 'resource "db" "x" {\n  a = "base"\n}\n',
    };
    expect(outlines(files, 'resource')).toEqual([{ a: 'z_override.tf:2 "last"', b: 'override.tf.json:1 "json"' }]);
  });

  it('replace nested blocks of a type as a whole, those of dynamic too, and merge lifecycle by arguments', () => {
    const files = {
      'main.tf': `resource "sg" "x" {
  ingress {
    from = 1
  }
  ingress {
    from = 2
  }
  dynamic "egress" {
    for_each = []
  }
  tags {
    a = 1
  }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = all
  }
}
`,
      'override.tf': `resource "sg" "x" {
  dynamic "ingress" {
    for_each = [3]
  }
  egress {
    to = 4
  }
  lifecycle {
    prevent_destroy = false
  }
}
`,
    };
    expect(outlines(files, 'resource')).toEqual([
      {
        blocks: [
          ['tags', { a: 'main.tf:12 1' }],
          ['dynamic', 'ingress', { for_each: 'override.tf:3 [3]' }],
          ['egress', { to: 'override.tf:6 4' }],
          ['lifecycle', { ignore_changes: 'main.tf:16 all', prevent_destroy: 'override.tf:9 false' }],
        ],
      },
    ]);
  });

  it('take the place of a nested block by an attribute of its name, and the other way round', () => {
    const files = {
      'main.tf': 'resource "sg" "x" {\n  ingress {\n    from = 1\n  }\n  egress = []\n}\n',
      'override.tf': 'resource "sg" "x" {\n  ingress = []\n  egress {\n  }\n}\n',
    };
    expect(outlines(files, 'resource')).toEqual([{ ingress: 'override.tf:2 []', blocks: [['egress', {}]] }]);
  });

  it('override values of locals one by one, whichever block states them', () => {
    const files = {
      'a.tf': 'locals {\n  a = 1\n  b = 2\n}\n',
      'b.tf': 'locals {\n  c = 3\n}\n',
      'a_override.tf': 'locals {\n  c = 4\n  b = 5\n}\n',
      'b_override.tf': 'locals {\n  b = 6\n}\n',
    };
    expect(Object.assign({}, ...outlines(files, 'locals'))).toEqual({
      a: 'a.tf:2 1',
      b: 'b_override.tf:2 6',
      c: 'a_override.tf:2 4',
    });
    expect(outlines(files, 'locals')).toHaveLength(4);
  });

  it('merge variables, outputs, modules and data by name', () => {
    for (const [type, labels] of [
      ['variable', '"a"'],
      ['output', '"a"'],
      ['module', '"a"'],
      ['data', '"t" "a"'],
    ] as const) {
      const files = {
        'main.tf': `${type} ${labels} {\n  x = 1\n  y = 1\n}\n`,
        'override.tf': `${type} ${labels} {\n  x = 2\n}\n`,
      };
      expect(outlines(files, type)).toEqual([{ x: 'override.tf:2 2', y: 'main.tf:3 1' }]);
    }
  });

  it('merge providers by name and alias, and configure one that nothing else does', () => {
    const files = {
      'main.tf': 'provider "aws" {\n  region = 1\n}\nprovider "aws" {\n  alias = "b"\n}\n',
      'override.tf': 'provider "aws" {\n  alias = "b"\n  region = 2\n}\nprovider "google" {\n  region = 3\n}\n',
    };
    expect(outlines(files, 'provider')).toEqual([
      { region: 'main.tf:2 1' },
      { alias: 'override.tf:2 "b"', region: 'override.tf:3 2' },
      { region: 'override.tf:6 3' },
    ]);
  });

  it('take the place of a backend by one of another kind, or by a cloud, in whichever terraform block it stands', () => {
    const files = {
      'main.tf': 'terraform {\n  required_version = ">= 1"\n  backend "s3" {}\n}\nterraform {\n  experiments = []\n}\n',
      'override.tf': 'terraform {\n  cloud {}\n}\n',
    };
    expect(outlines(files, 'terraform')).toEqual([
      { required_version: 'main.tf:2 ">= 1"' },
      { experiments: 'main.tf:6 []' },
      { blocks: [['cloud', {}]] },
    ]);
  });

  it('tell what overrides nothing, and leave it out of what is made', () => {
    const { blocks, astray } = merged({
      'main.tf': 'resource "db" "x" {}\nlocals {\n  a = 1\n}\n',
      'override.tf':
        'resource "db" "y" {}\nlocals {\n  a = 2\n  b = 2\n}\nprovider "aws" {\n  alias = "b"\n}\nvariable "v" {}\n',
    });
    expect(astray.map(({ what, origin }) => `${what} ${origin.path}:${origin.line}`)).toEqual([
      'resource db y override.tf:1',
      'provider aws override.tf:6',
      'variable v override.tf:9',
      'local.b override.tf:4',
    ]);
    expect(blocks.map(({ type, labels }) => [type, ...labels].join(' '))).toEqual([
      'resource db x',
      'locals',
      'refused',
      'refused',
      'refused',
      'locals',
    ]);
  });

  it('keep what the files state beside what it comes to', () => {
    const { blocks } = merged({
      'main.tf': 'resource "db" "x" {\n  a = 1\n}\n',
      'a_override.tf': 'resource "db" "x" {\n  a = 2\n}\n',
      'b_override.tf': 'resource "db" "x" {\n  a = 3\n}\n',
    });
    expect(blocks[0]?.written?.map(outline)).toEqual([
      { a: 'main.tf:2 1' },
      { a: 'a_override.tf:2 2' },
      { a: 'b_override.tf:2 3' },
    ]);
  });
});
