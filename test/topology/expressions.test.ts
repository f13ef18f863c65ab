import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reference, Unknown, whyUnknown, type Value } from '../../src/proofs/topology/evaluate/index.ts';
import { rootOf } from './terraform.ts';

const HEAD = `
variable "unset" { type = string }
variable "zones" { default = ["a", "b", "c"] }
variable "sizes" { default = { web = 3, db = 1 } }
locals {
  nested = [{ name = "x", ports = [80, 443] }, { name = "y", ports = [22] }]
  loop   = local.pool
  pool   = local.loop
}
resource "aws_vpc" "this" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "each" {
  for_each = toset(var.zones)
  vpc_id   = aws_vpc.this.id
}
resource "aws_subnet" "count" {
  count = 2
}
data "aws_region" "current" {}
`;

/** The value of an expression beside some variables and resources. */
function value(source: string): Value | undefined {
  const root = rootOf(`${HEAD}\nresource "x_y" "z" {\n  value = ${source}\n}\n`);
  return root.of('x_y')[0]?.attribute('value')?.value;
}

describe('expressions', () => {
  it.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3 % 5', 4],
    ['-2 - -3', 1],
    ['!(1 < 2 && "a" == "a") || false', false],
    ['1 == "1"', false],
    ['true ? "y" : "n"', 'y'],
    ['"a-${1 + 1}-${true}"', 'a-2-true'],
    ['"${var.zones}"', ['a', 'b', 'c']],
    ['"%{ if 1 > 2 }x%{ else }y%{ endif }z"', 'yz'],
    ['"%{ for z in var.zones ~} ${z} %{ endfor }"', 'a b c '],
    ['[for z in var.zones : upper(z) if z != "b"]', ['A', 'C']],
    ['[for i, z in var.zones : "${i}${z}"]', ['0a', '1b', '2c']],
    ['{ for k, v in var.sizes : upper(k) => v + 1 }', { DB: 2, WEB: 4 }],
    ['{ for n in local.nested : n.name => n.ports[0]... }', { x: [80], y: [22] }],
    ['local.nested[*].name', ['x', 'y']],
    ['local.nested.*.name', ['x', 'y']],
    ['flatten(local.nested[*].ports)', [80, 443, 22]],
    ['"one"[*]', ['one']],
    ['null[*]', []],
    ['merge({ a = 1, b = 1 }, null, { b = 2 })', { a: 1, b: 2 }],
    ['concat(["a"], [], ["b"])', ['a', 'b']],
    ['concat([["a"], ["b"]]...)', ['a', 'b']],
    ['lookup(var.sizes, "web", 9)', 3],
    ['lookup(var.sizes, "none", 9)', 9],
    ['lookup({ a = null }, "a", 9) == null', true],
    ['{ a = null }.a == null', true],
    ['[try({ a = null }.a, 9)]', [null]],
    ['coalesce({ a = null }.a, 9)', 9],
    ['element(["a", "b"], 3)', 'b'],
    ['slice(["a", "b", "c"], 1, 3)', ['b', 'c']],
    ['keys(var.sizes)', ['db', 'web']],
    ['values(var.sizes)', [1, 3]],
    ['zipmap(["k", "l"], [1, 2])', { k: 1, l: 2 }],
    ['toset(["b", "a", "b"])', ['a', 'b']],
    [
      'setproduct(["a", "b"], [1, 2])',
      [
        ['a', 1],
        ['a', 2],
        ['b', 1],
        ['b', 2],
      ],
    ],
    ['chunklist([1, 2, 3], 2)', [[1, 2], [3]]],
    ['range(3)', [0, 1, 2]],
    ['range(1, 8, 3)', [1, 4, 7]],
    ['contains(var.zones, "b")', true],
    ['length(var.sizes)', 2],
    ['coalesce(null, "", "x")', 'x'],
    ['try(var.sizes.none, local.nested[9], "fallback")', 'fallback'],
    ['can(var.sizes.web) && !can(var.sizes.none)', true],
    ['join("-", ["a", "b"])', 'a-b'],
    ['split(",", "a,b")', ['a', 'b']],
    ['replace("a.b.c", ".", "-")', 'a-b-c'],
    ['format("%s-%03d-%%-%q", "a", 7, "q")', 'a-007-%-"q"'],
    ['formatlist("%s!", ["a", "b"])', ['a!', 'b!']],
    ['trimprefix(trimsuffix("pre-x-post", "-post"), "pre-")', 'x'],
    ['jsonencode({ b = [1, null], a = "x" })', '{"a":"x","b":[1,null]}'],
    ['jsondecode("{\\"a\\":[1]}").a[0]', 1],
    ['length(regexall("^[a-z]{2}-", "eu-west-1a")) > 0', true],
    ['regex("^([a-z]+)-([0-9]+)$", "web-12")', ['web', '12']],
    ['replace("a1b22", "/[0-9]+/", "#")', 'a#b#'],
    ['cidrsubnet("10.0.0.0/16", 8, 2)', '10.0.2.0/24'],
    ['cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)', 'fd00:fd12:3456:7800:a200::/72'],
    ['cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)', ['10.1.0.0/20', '10.1.16.0/20', '10.1.32.0/24', '10.1.48.0/20']],
    ['cidrhost("10.12.112.0/20", -1)', '10.12.127.255'],
    ['cidrhost("10.12.112.0/20", 16)', '10.12.112.16'],
    ['cidrnetmask("172.16.0.0/12")', '255.240.0.0'],
    ['<<-EOT\n    a ${1}\n      b\n  EOT', 'a 1\n  b\n'],
    ['false && var.unset', false],
    ['var.unset == "x" ? 1 : 1', 1],
    ['length(aws_subnet.count)', 2],
    ['aws_vpc.this.cidr_block', '10.0.0.0/16'],
    ['keys(aws_subnet.each)', ['a', 'b', 'c']],
  ])('%s', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  it.each([
    ['aws_vpc.this.id', 'aws_vpc.this.id'],
    ['aws_subnet.each["b"].id', 'aws_subnet.each["b"].id'],
    ['aws_subnet.count[1].id', 'aws_subnet.count[1].id'],
    ['[for s in aws_subnet.each : s.id][2]', 'aws_subnet.each["c"].id'],
    ['(aws_subnet.count[*].id)[0]', 'aws_subnet.count[0].id'],
    ['data.aws_region.current.name', 'data.aws_region.current.name'],
    ['element(data.aws_region.current.names, 1)', 'data.aws_region.current.names[1]'],
    ['slice(data.aws_region.current.names, 1, 3)[1]', 'data.aws_region.current.names[2]'],
    ['aws_subnet.each["a"].vpc_id', 'aws_vpc.this.id'],
  ])('%s keeps its identity', (source, text) => {
    const found = value(source);
    expect(found).toBeInstanceOf(Reference);
    expect((found as Reference).text).toBe(text);
  });

  it.each([
    ['var.unset', 'var.unset has no default'],
    ['upper(var.unset)', 'var.unset has no default'],
    ['var.unset == "x"', 'var.unset has no default'],
    ['true && var.unset', 'var.unset has no default'],
    ['file("x")', 'files are not read'],
    ['templatefile("x", {})', 'files are not read'],
    ['nosuch(1)', 'the function nosuch'],
    ['local.loop', 'refers to itself'],
    ['self.x', 'not known here'],
    ['var.sizes.none', 'it has no none'],
    ['regex("(a+)+$", "x")', 'regular expression'],
    ['timestamp()', 'the time of the plan'],
  ])('%s is not known, and says why', (source, because) => {
    const found = value(source);
    expect(found).toBeInstanceOf(Unknown);
    expect(whyUnknown(found ?? null)).toContain(because);
  });

  it('keeps what is known of a text', () => {
    expect((value('"arn:${aws_vpc.this.arn}/*"') as Unknown).sketch).toBe('arn:${aws_vpc.this.arn}/*');
    expect((value('join(",", ["a", var.unset])') as Unknown).sketch).toBe('a,${…}');
  });
});

describe('hostile input', () => {
  const doubling = (start: string, step: (name: string) => string): string =>
    `locals {\n  v0 = ${start}\n${Array.from({ length: 60 }, (_, index) => `  v${index + 1} = ${step(`local.v${index}`)}`).join('\n')}\n}\nresource "x_y" "z" {\n  value = local.v60\n}\n`;

  it.each([
    ['texts that double', doubling('"ab"', (name) => `"\${${name}}\${${name}}"`)],
    ['lists that double', doubling('["a"]', (name) => `concat(${name}, ${name})`)],
    ['products', doubling('["a", "b"]', (name) => `setproduct(${name}, ${name})`)],
    ['a long range', doubling('range(100000000)', (name) => name)],
  ])('%s end as not known', (_, text) => {
    expect(whyUnknown(rootOf(text).of('x_y')[0]?.attribute('value')?.value ?? null)).toBeDefined();
  });

  it('a chain of thousands of locals ends', () => {
    const text = `locals {\n  v0 = 1\n${Array.from({ length: 5000 }, (_, index) => `  v${index + 1} = local.v${index}`).join('\n')}\n}\nresource "x_y" "z" {\n  value = local.v5000\n}\n`;
    expect(whyUnknown(rootOf(text).of('x_y')[0]?.attribute('value')?.value ?? null)).toContain('too deep');
  });

  it('nested loops end within the budget', { timeout: 30_000 }, () => {
    const loops = ['a', 'b', 'c', 'd'].reduce((inner, name) => `[for ${name} in range(1000) : ${inner}]`, '1');
    expect(whyUnknown(value(loops) ?? null)).toContain('too long');
  });

  it('answers for any combination of functions and values', () => {
    const names = [
      'concat',
      'merge',
      'lookup',
      'element',
      'slice',
      'join',
      'format',
      'cidrsubnet',
      'cidrhost',
      'zipmap',
      'flatten',
      'range',
      'replace',
      'one',
      'transpose',
      'jsondecode',
      'chunklist',
      'substr',
      'formatlist',
      'setsubtract',
      'pow',
      'parseint',
      'tonumber',
    ];
    const args = fc.constantFrom(
      '1',
      '-1',
      '1e300',
      'null',
      '"x"',
      '"%d"',
      '[]',
      '["a", null]',
      '{}',
      '{ a = [1] }',
      'var.unset',
      'aws_vpc.this',
      '[[1], [2]]',
      '"10.0.0.0/8"',
      'true',
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(args, { maxLength: 4 }), (name, values) => {
        value(`${name}(${values.join(', ')})`);
      }),
      { numRuns: 2000 },
    );
  });
});
