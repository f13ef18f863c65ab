import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HclBlock } from '../../../model/document.ts';
import { isMapping } from '../../../model/cursor.ts';
import { readHcl } from './index.ts';
import { loadOracle, type Outline } from './oracle.ts';

let oracle: (text: string) => Outline | undefined;
beforeAll(async () => {
  oracle = await loadOracle();
});

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const PARTS = new Set([
  'call',
  'conditional',
  'for-tuple',
  'for-object',
  'attribute',
  'index',
  'splat',
  'binary',
  'unary',
  'tuple',
  'object',
]);

/** The same outline, made of what the reader under test found. */
function outline(text: string): Outline | undefined {
  const { blocks, problems } = readHcl(text, { path: 'x.tf', module: '.' });
  if (problems.length > 0) return undefined;
  const found: [line: number, column: number, text: string][] = [];
  const parts: Record<string, number> = {};
  for (const block of blocks) addBlock(block, found, parts);
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return { lines: found.map(([line, column, what]) => `${line}:${column} ${what}`), parts };
}

function addBlock(block: HclBlock, found: [number, number, string][], parts: Record<string, number>): void {
  if (block.type !== '')
    found.push([block.origin.line ?? 0, block.origin.column ?? 0, [block.type, ...block.labels].join(' ')]);
  for (const [name, { text, origin, expression }] of Object.entries(block.attributes)) {
    found.push([origin.line ?? 0, origin.column ?? 0, `${name} = ${text}`]);
    count(expression, parts);
  }
  for (const child of block.blocks) addBlock(child, found, parts);
}

function count(node: unknown, parts: Record<string, number>): void {
  if (Array.isArray(node)) for (const item of node) count(item, parts);
  if (!isMapping(node)) return;
  const { kind } = node;
  if (typeof kind === 'string' && PARTS.has(kind)) parts[kind] = (parts[kind] ?? 0) + 1;
  for (const child of Object.values(node)) count(child, parts);
}

describe('agrees with tree-sitter-hcl', () => {
  const files = globSync('{examples,src/controls/*/fixtures}/**/*.{tf,tfvars}', { cwd: root });

  it.each(files)('on %s', (path) => {
    const text = readFileSync(`${root}${path}`, 'utf8');
    expect(outline(text)).toEqual(oracle(text));
  });

  it('on generated expressions', { timeout: 60_000 }, () => {
    let compared = 0;
    fc.assert(
      fc.property(source, (expression) => {
        const text = `resource "a" "b" {\n  x = ${expression}\n  y = 1\n}\n`;
        const expected = oracle(text);
        if (expected === undefined) return;
        compared += 1;
        expect(outline(text)).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
    expect(compared).toBeGreaterThan(2000);
  });
});

/** Texts of expressions as people write them, and as they do not. */
const { source } = fc.letrec<{ source: string; simple: string; text: string }>((tie) => ({
  source: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('simple'),
    tie('text'),
    fc
      .tuple(
        tie('source'),
        fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', '&&', '||'),
        tie('source'),
      )
      .map((parts) => parts.join(' ')),
    tie('source').map((inner) => `(${inner})`),
    tie('source').map((inner) => `(\n  ${inner}\n)`),
    fc.tuple(tie('source'), tie('source'), tie('source')).map(([a, b, c]) => `${a} ? ${b} : ${c}`),
    fc.array(tie('source'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(tie('source'), { minLength: 1, maxLength: 3 })
      .map((items) => `[\n${items.map((item) => `${item},`).join('\n')}\n]`),
    fc
      .array(fc.tuple(fc.constantFrom('a', '"b c"', '(var.k)', 'd-e'), tie('source')), { maxLength: 3 })
      .map((items) => `{ ${items.map(([key, value]) => `${key} = ${value}`).join(', ')} }`),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b_1'), tie('source')), { minLength: 1, maxLength: 3 })
      .map((items) => `{\n${items.map(([key, value]) => `    ${key} = ${value}`).join('\n')}\n  }`),
    fc
      .tuple(fc.constantFrom('merge', 'cidrsubnet', 'try'), fc.array(tie('source'), { maxLength: 3 }))
      .map(([name, args]) => `${name}(${args.join(', ')})`),
    tie('source').map((inner) => `concat([${inner}]...)`),
    fc.tuple(tie('source'), tie('source')).map(([a, b]) => `[for x in ${a} : ${b} if x != null]`),
    fc.tuple(tie('source'), tie('source')).map(([a, b]) => `{ for k, v in ${a} : k => ${b} }`),
    fc.tuple(tie('source'), tie('source')).map(([a, b]) => `{ for k, v in ${a} : k => ${b}... }`),
  ),
  simple: fc.constantFrom(
    '1',
    '2.5',
    '1e3',
    'true',
    'null',
    'var.a',
    'local.b-c',
    'aws_x.y[0].id',
    'aws_x.y["k"].arn',
    'each.value.z',
    'aws_x.y[*].id',
    'a.b.*.c',
    'data.c.d[each.key].json',
    '!var.flag',
    '-var.n',
    'a[b.c]',
  ),
  text: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('""', '"a b"', String.raw`"\"q\" \\ \n"`, '"$${x} %%{y}"', '"100% $5"', '"é😀"'),
    tie('source').map((inner) => `<<-EOT\n    a \${${inner}} b\n      c\n  EOT`),
    tie('source').map((inner) => `"%{if ${inner}}a%{else}b%{endif}"`),
    fc.tuple(tie('source'), fc.constantFrom('', ' tail', ':*')).map(([inner, tail]) => `"head-\${${inner}}${tail}"`),
  ),
}));
