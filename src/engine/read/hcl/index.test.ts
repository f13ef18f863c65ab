import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HclBlock } from '../../../model/document.ts';
import { MAX_CHARACTERS, readHcl, readHclJson } from './index.ts';

const where = { path: 'infra/main.tf', module: 'infra' };
const read = (text: string) => readHcl(text, where);

/** The literal of `x = SOURCE`; `undefined` where it is none. */
function literal(source: string): unknown {
  const { blocks, problems } = read(`x = ${source}\n`);
  expect(problems).toEqual([]);
  return blocks[0]?.attributes['x']?.literal;
}

const heads = (blocks: readonly HclBlock[]): string[] => blocks.map(({ type, labels }) => [type, ...labels].join(' '));

describe('blocks', () => {
  it('reads labels, nested blocks, attributes and where they stand', () => {
    const text = `# head
resource "aws_db_instance" "main" {
  name = var.name

  dynamic "ingress" {
    for_each = var.ports
    content {
      from = ingress.value
    }
  }
  lifecycle { prevent_destroy = true }
}
locals {}
`;
    const { blocks, problems } = read(text);
    expect(problems).toEqual([]);
    expect(heads(blocks)).toEqual(['resource aws_db_instance main', 'locals']);
    const [resource] = blocks;
    expect(resource).toMatchObject({ module: 'infra', origin: { path: 'infra/main.tf', line: 2, column: 1 } });
    expect(resource?.attributes['name']).toEqual({
      text: 'var.name',
      expression: { kind: 'attribute', of: { kind: 'name', name: 'var' }, name: 'name' },
      origin: { path: 'infra/main.tf', line: 3, column: 3 },
    });
    expect(heads(resource?.blocks ?? [])).toEqual(['dynamic ingress', 'lifecycle']);
    expect(heads(resource?.blocks[0]?.blocks ?? [])).toEqual(['content']);
    expect(resource?.blocks[1]?.attributes['prevent_destroy']).toMatchObject({
      literal: true,
      origin: { line: 11, column: 15 },
    });
  });

  it('reads the attributes of a variables file as one block without a type', () => {
    expect(read('a = 1\nb = ["x"]\n').blocks).toMatchObject([
      { type: '', labels: [], attributes: { a: { literal: 1 }, b: { literal: ['x'] } } },
    ]);
  });

  it('reads nothing in nothing', () => {
    for (const text of ['', '\n\n', '# c\n', '/* c */']) expect(read(text)).toEqual({ blocks: [], problems: [] });
  });

  it('reports an attribute that is given twice and keeps the first', () => {
    const { blocks, problems } = read('a "b" {\n  x = 1\n  x = 2\n}\n');
    expect(blocks[0]?.attributes['x']?.literal).toBe(1);
    expect(problems).toEqual([{ message: 'the attribute x is given twice, first on line 2', line: 3, column: 3 }]);
  });

  it('counts columns in UTF-16 code units', () => {
    expect(read('a { x = "😀", y = 1 }').problems).toHaveLength(1);
    expect(read('a "😀" { y = 1 }').blocks[0]?.attributes['y']?.origin.column).toBe(10);
  });

  it('lets __proto__ be an attribute', () => {
    expect(Object.keys(read('a { __proto__ = 1 }').blocks[0]?.attributes ?? {})).toEqual(['__proto__']);
  });
});

describe('literals', () => {
  it.each([
    ['"a"', 'a'],
    ['""', ''],
    [String.raw`"a\n\t\"\\ é \U0001F600"`, 'a\n\t"\\ é 😀'],
    ['"$${x} %%{if} 100% $5"', '${x} %{if} 100% $5'],
    ['1', 1],
    ['1.5e3', 1500],
    ['-2', -2],
    ['(3)', 3],
    ['true', true],
    ['null', null],
    ['[1, "a", [true], null,]', [1, 'a', [true], null]],
    ['[]', []],
    ['{}', {}],
    ['{ a = 1, "b c" : 2\n  d-e = { f = "g" } }', { a: 1, 'b c': 2, 'd-e': { f: 'g' } }],
    ['<<EOT\na\n  b \\n $${c}\n\nEOT', 'a\n  b \\n ${c}\n\n'],
    ['<<-EOT\n    a\n      b\n\n    c\n  EOT', 'a\n  b\n\nc\n'],
    ['<<EOT\nEOT', ''],
  ])('%s', (source, expected) => {
    expect(literal(source)).toEqual(expected);
  });

  it.each([
    'var.x',
    '"a ${var.x}"',
    '"%{if a}b%{endif}"',
    '<<EOT\n${x}\nEOT',
    '[1, var.x]',
    '{ a = var.x }',
    '{ (var.k) = 1 }',
    '[for x in y : x]',
    '{for k, v in y : k => v}',
    'file("x")',
    '1 + 2',
    'true ? 1 : 2',
    '!true',
    'a[0]',
  ])('%s is none, and keeps its text', (source) => {
    const { blocks } = read(`x = ${source}\n`);
    expect(blocks[0]?.attributes['x']).not.toHaveProperty('literal');
    expect(blocks[0]?.attributes['x']?.text).toBe(source);
  });
});

describe('syntax errors', () => {
  it('leaves out the broken block, names its line and reads the others', () => {
    const text =
      'a "b" {\n  x = \n}\n\n/* c\nd {\n*/\nc "d" {\n  y = 1\n}\n\nbroken here\n\nlast {\n  z = <<E\nf {\nE\n}\n';
    const { blocks, problems } = read(text);
    expect(heads(blocks)).toEqual(['c d', 'last']);
    expect(blocks[0]?.attributes['y']?.origin).toMatchObject({ line: 9, column: 3 });
    expect(blocks[1]?.attributes['z']?.literal).toBe('f {\n');
    expect(problems.map(({ line }) => line)).toEqual([2, 12]);
  });

  it('names a brace that is missing', () => {
    expect(read('a "b" {\n').problems).toMatchObject([{ message: 'expected "}"', line: 2 }]);
  });
});

describe('hostile input', () => {
  it.each([
    ['braces', '{'.repeat(100_000)],
    ['parentheses', `a = ${'('.repeat(50_000)}`],
    ['interpolations', `a = "${'${"'.repeat(50_000)}`],
    ['operators', `a = ${'1 + '.repeat(20_000)}1`],
    ['an open heredoc', 'a = <<E\n'.repeat(1000)],
    ['quotes', '"'.repeat(20_001)],
    ['null bytes', '\0'.repeat(1000)],
    ['a long file', '#'.repeat(MAX_CHARACTERS + 1)],
  ])('%s are problems and nothing worse', (_, text) => {
    const { blocks, problems } = read(text);
    expect(blocks).toEqual([]);
    expect(problems.length).toBeGreaterThan(0);
  });

  it('answers for every text', () => {
    const pieces = fc.constantFrom(
      'a',
      ' ',
      '=',
      '{',
      '}',
      '\n',
      '"',
      '${',
      '[',
      ']',
      '(',
      ')',
      '<<E\n',
      'E\n',
      '1',
      '.',
      ',',
      '#',
      '/*',
      '*/',
      '\\',
      '%{',
      '?',
      ':',
      '-',
      '\0',
      'é',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (text) => {
          for (const { line, column } of read(text).problems) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('Terraform in JSON', () => {
  const json = (value: unknown, path = 'main.tf.json') =>
    readHclJson(JSON.stringify(value, undefined, 1), { path, module: '.' });

  it('reads the blocks that the native form would have', () => {
    const { blocks, problems } = json({
      '//': 'comment',
      resource: { aws_x: { y: { a: 1, s: '${var.q}', t: 'a-${b}', ingress: [{ p: 1 }, { p: 2 }] } } },
      provider: { aws: [{ region: 'a' }, { alias: 'b' }] },
      terraform: { backend: { s3: {} } },
      variable: { v: {} },
    });
    expect(problems).toEqual([]);
    expect(heads(blocks)).toEqual(['resource aws_x y', 'provider aws', 'provider aws', 'terraform', 'variable v']);
    const [resource] = blocks;
    expect(resource?.attributes['a']).toMatchObject({ literal: 1, text: '1', origin: { line: 6, column: 5 } });
    expect(resource?.attributes['s']).toMatchObject({ text: 'var.q' });
    expect(resource?.attributes['s']).not.toHaveProperty('literal');
    expect(resource?.attributes['t']).not.toHaveProperty('literal');
    expect(resource?.blocks.map((block) => block.attributes['p']?.literal)).toEqual([1, 2]);
  });

  it('reads the labels of blocks in blocks', () => {
    const { blocks } = json({
      terraform: { backend: { s3: { bucket: 'b' } } },
      resource: {
        google_x: { y: { backend: [{ group: 'g' }], dynamic: { ingress: { for_each: [1], content: {} } } } },
      },
    });
    expect(heads(blocks.flatMap((block) => block.blocks))).toEqual(['backend s3', 'backend', 'dynamic ingress']);
  });

  it('reads variables', () => {
    expect(json({ region: 'eu', n: 3 }, 'prod.tfvars.json').blocks).toMatchObject([
      { type: '', attributes: { region: { literal: 'eu' }, n: { literal: 3 } } },
    ]);
  });

  it('passes problems on and takes no other value', () => {
    expect(readHclJson('{"a":', { path: 'a.tf.json', module: '.' }).problems).toHaveLength(1);
    expect(json([1]).blocks).toEqual([]);
    expect(json({ resource: 1, data: { x: [1] } }).blocks).toEqual([]);
  });

  it('answers for every JSON text', () => {
    fc.assert(fc.property(fc.json(), (text) => void readHclJson(text, { path: 'a.tf.json', module: '.' })));
  });
});
