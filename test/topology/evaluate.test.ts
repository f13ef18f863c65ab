import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Reference, Unknown, whyUnknown, type Value } from '../../src/proofs/topology/evaluate/index.ts';
import { evaluateRoots } from '../../src/proofs/topology/evaluate/index.ts';
import type { Origin } from '../../src/model/origin.ts';
import { blocksOf, rootOf } from './terraform.ts';

/** The references in a list. */
function texts(list: Value | undefined): string[] {
  return Array.isArray(list) ? list.map((one: Value) => (one instanceof Reference ? one.text : 'none')) : [];
}

describe('variables', () => {
  const main = 'variable "n" {\n  type = number\n  default = 1\n}\nresource "a_b" "c" {\n  v = var.n\n}\n';
  const n = (files: Record<string, string>): unknown =>
    rootOf({ 'main.tf': main, ...files })
      .of('a_b')[0]
      ?.attribute('v')?.value;

  it.each<[string, Record<string, string>, number]>([
    ['the default', {}, 1],
    ['terraform.tfvars', { 'terraform.tfvars': 'n = 2\n' }, 2],
    ['*.auto.tfvars over terraform.tfvars', { 'terraform.tfvars': 'n = 2\n', 'z.auto.tfvars': 'n = "3"\n' }, 3],
    [
      'the file of the environment',
      { 'terraform.tfvars': 'n = 2\n', 'prod.tfvars': 'n = 4\n', 'dev.tfvars': 'n = 5\n' },
      4,
    ],
    ['JSON', { 'terraform.tfvars.json': '{"n": 6}' }, 6],
    ['a file below the root', { 'env/production/terraform.tfvars': 'n = 7\n' }, 7],
    ['files for the environment that agree', { 'prod-eu.tfvars': 'n = 8\n', 'prod-us.tfvars': 'n = 8\n' }, 8],
    [
      'no file of what is not quite production',
      { 'prod.tfvars': 'n = 4\n', 'x-non-prod.tfvars': 'n = 5\n', 'z/pre-prod.tfvars': 'n = 6\n' },
      4,
    ],
  ])('%s', (_, files, expected) => {
    expect(n(files)).toBe(expected);
  });

  it.each([
    ['other environments', { 'blue.tfvars': 'n = 2\n', 'green.tfvars': 'n = 3\n' }],
    ['two places of the environment', { 'prod-eu.tfvars': 'n = 2\n', 'prod-us.tfvars': 'n = 3\n' }],
  ])('is not known where files for %s differ', (_, files) => {
    expect(n(files)).toBeInstanceOf(Unknown);
  });

  it('is never that of another environment', () => {
    const others = { 'dev.tfvars': 'n = 2\n', 'env/non-prod/x.tfvars': 'n = 2\n' };
    expect(n(others)).toBe(1);
    expect(whyUnknown(n({ ...others, 'main.tf': main.replace('  default = 1\n', '') }) as Value)).toBe(
      'var.n is set for other environments alone: dev.tfvars, env/non-prod/x.tfvars',
    );
  });

  it('is the one in the file that bears the own name of the environment', () => {
    const files = { 'main.tf': main, 'prod-eu.tfvars': 'n = 2\n', 'prod-us.tfvars': 'n = 3\n' };
    const [root] = evaluateRoots(blocksOf(files), { name: 'prod-us', kind: 'production' });
    expect(root?.of('a_b')[0]?.attribute('v')?.value).toBe(3);
  });

  it('fills in optional members of types', () => {
    const text = `variable "o" {
  type = map(object({ a = optional(bool, true), b = optional(string), c = number }))
  default = { k = { c = "3" } }
}
resource "a_b" "c" {
  v = var.o.k
}
`;
    expect(rootOf(text).of('a_b')[0]?.attribute('v')?.value).toEqual({ a: true, b: null, c: 3 });
  });
});

describe('modules', () => {
  const child = `variable "name" {}
variable "size" { default = 1 }
resource "a_b" "c" {
  name = var.name
  size = var.size
}
output "id" { value = a_b.c.id }
output "echo" { value = upper(var.name) }
`;

  it('passes inputs and outputs, by each instance', () => {
    const root = rootOf({
      'root/main.tf': `module "m" {
  source   = "../mod"
  for_each = { x = 1, y = 2 }
  name     = "n-\${each.key}"
  size     = each.value
}
resource "d_e" "f" {
  ids   = [for m in module.m : m.id]
  echo  = module.m["y"].echo
}
`,
      'mod/main.tf': child,
    });
    expect(
      root.of('a_b').map((one) => [one.address, one.attribute('name')?.value, one.attribute('size')?.value]),
    ).toEqual([
      ['module.m["x"].a_b.c', 'n-x', 1],
      ['module.m["y"].a_b.c', 'n-y', 2],
    ]);
    const [reader] = root.of('d_e');
    expect(reader?.attribute('echo')?.value).toBe('N-Y');
    expect(texts(reader?.attribute('ids')?.value)).toEqual(['module.m["x"].a_b.c.id', 'module.m["y"].a_b.c.id']);
  });

  it('shows what a caller passes at the line of the caller, through several modules, and what a module says itself at its own', () => {
    const root = rootOf({
      'root/main.tf': `module "m" {
  source = "../mod"
  size   = 7
  rules  = [{ port = 22, from = "0.0.0.0/0" }]
  doors  = { a = { port = 1 } }
}
`,
      'mod/main.tf': `variable "size" {}
variable "rules" {}
variable "doors" {}
variable "own" { default = 3 }
locals { rules = var.rules }
module "deep" {
  source = "./deep"
  size   = var.size
}
resource "a_b" "c" {
  own  = var.own
  size = var.size
  sum  = var.size + 1
  dynamic "rule" {
    for_each = local.rules
    content {
      from = rule.value.from
      name = "rule"
    }
  }
}
resource "g_h" "i" {
  for_each = var.doors
  port     = each.value.port
}
`,
      'mod/deep/main.tf': 'variable "size" {}\nresource "d_e" "f" { size = var.size }\n',
    });
    const [made] = root.of('a_b');
    const place = (origin: Origin | undefined): string => `${origin?.path}:${origin?.line}`;
    const placed = (name: string): string => place(made?.attribute(name)?.origin);
    expect(['size', 'sum', 'own'].map(placed)).toEqual(['root/main.tf:3', 'mod/main.tf:13', 'mod/main.tf:11']);
    const [rule] = made?.blocks('rule') ?? [];
    expect(place(rule?.attribute('from')?.origin)).toBe('root/main.tf:4');
    expect(place(rule?.attribute('name')?.origin)).toBe('mod/main.tf:18');
    expect(place(rule?.origin)).toMatch(/^mod\/main\.tf:/);
    expect(place(root.of('d_e')[0]?.attribute('size')?.origin)).toBe('root/main.tf:3');
    expect(place(root.of('g_h')[0]?.attribute('port')?.origin)).toBe('root/main.tf:5');
    expect(place(made?.asBlock().attributes['size']?.origin)).toBe('root/main.tf:3');
  });

  it('names modules whose sources are not here, and keeps what they give apart', () => {
    const root = rootOf(
      'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n  version = "~> 6.0"\n}\nresource "a_b" "c" {\n  v = module.vpc.vpc_id\n}\n',
    );
    expect(root.unread).toMatchObject([
      { address: 'module.vpc', source: 'terraform-aws-modules/vpc/aws', version: '~> 6.0' },
    ]);
    expect(texts([root.of('a_b')[0]?.attribute('v')?.value ?? null])).toEqual(['module.vpc.vpc_id']);
  });

  it('follows providers through calls', () => {
    const root = rootOf({
      'root/main.tf': `provider "aws" { region = "eu-central-1" }
provider "aws" {
  alias  = "far"
  region = "eu-west-1"
}
module "m" {
  source    = "./mod"
  providers = { aws.copy = aws.far }
}
`,
      'root/mod/main.tf': 'resource "aws_x" "a" {}\nresource "aws_x" "b" {\n  provider = aws.copy\n}\n',
    });
    expect(root.of('aws_x').map(({ provider }) => provider)).toEqual(['aws', 'aws.far']);
    expect(root.providers.get('aws.far')?.attribute('region')?.value).toBe('eu-west-1');
  });

  it('ends where a module calls itself', () => {
    const root = rootOf({ 'main.tf': 'module "m" {\n  source = "."\n}\nresource "a_b" "c" {}\n' });
    expect(root.of('a_b').length).toBeLessThan(40);
    expect(root.unread).toHaveLength(1);
  });
});

describe('blocks', () => {
  it('expands dynamic blocks, and says where their number is not known', () => {
    const [one] = rootOf(`variable "unset" {}
resource "a_b" "c" {
  dynamic "rule" {
    for_each = { x = 80, y = 443 }
    iterator = it
    content {
      name = it.key
      port = it.value
    }
  }
  rule { name = "static" }
  dynamic "more" {
    for_each = var.unset
    content {}
  }
}
`).of('a_b');
    expect(one?.blocks('rule').map((rule) => [rule.attribute('name')?.value, rule.attribute('port')?.value])).toEqual([
      ['x', 80],
      ['y', 443],
      ['static', undefined],
    ]);
    expect(one?.open('rule')).toBeUndefined();
    expect(one?.open('more')).toContain('var.unset');
  });

  it('expands dynamic blocks in JSON, whose iterator stands in quotes', () => {
    const dynamic = { ingress: { for_each: [22, 80], iterator: 'rule', content: { port: '${rule.value}' } } };
    const root = rootOf({ 'main.tf.json': JSON.stringify({ resource: { a_b: { c: { dynamic } } } }) });
    const ports = root
      .of('a_b')[0]
      ?.blocks('ingress')
      .map((body) => body.attribute('port')?.value);
    expect(ports).toEqual([22, 80]);
  });

  it('keeps one instance for all where their number is not known', () => {
    const root = rootOf(
      'variable "on" {}\nresource "a_b" "c" {\n  count = var.on ? 1 : 0\n}\nresource "d_e" "f" {\n  v = a_b.c[0].id\n}\n',
    );
    expect(root.of('a_b')).toMatchObject([{ address: 'a_b.c[*]', uncertain: expect.stringContaining('var.on') }]);
    expect(root.named(root.of('d_e')[0]?.attribute('v')?.value ?? null)[0]?.address).toBe('a_b.c[*]');
  });
});

describe('the reference platform', () => {
  it('evaluates but for the one file that it asks for', () => {
    const base = fileURLToPath(new URL('../../examples/gpu-cloud/', import.meta.url));
    const paths = readdirSync(`${base}terraform`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.tf') && !path.includes('staging'))
      .map((path) => `terraform/${path}`);
    const root = rootOf(Object.fromEntries(paths.map((path) => [path, readFileSync(base + path, 'utf8')])));
    const open = root.resources.flatMap((resource) =>
      resource.names().flatMap((name) => {
        const reason = whyUnknown(resource.attribute(name)?.value ?? null);
        return reason === undefined || reason.endsWith('is set when it is made') ? [] : [reason];
      }),
    );
    expect(new Set(open)).toEqual(new Set(['fileexists(): files are not read']));
    expect(root.resources.filter(({ uncertain }) => uncertain !== undefined)).toEqual([]);
  });
});

it('takes every folder that nobody calls as a root', () => {
  const blocks = blocksOf({
    'a/main.tf': 'module "m" {\n  source = "../b"\n}\n',
    'b/main.tf': 'resource "a_b" "c" {}\n',
    'c/main.tf': 'resource "a_b" "c" {}\n',
  });
  expect(evaluateRoots(blocks, { name: 'production', kind: 'production' }).map(({ root }) => root)).toEqual(['a', 'c']);
});
