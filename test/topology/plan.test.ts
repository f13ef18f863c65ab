import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillFrom, isPlanOf, planConfiguration } from '../../src/proofs/topology/evaluate/index.ts';
import { identityOf } from '../../src/proofs/topology/read.ts';
import { rootOf } from './terraform.ts';

const origin = { path: 'plan.json' };
const aws = { mode: 'managed', provider_name: 'registry.terraform.io/hashicorp/aws' };

describe('a plan', () => {
  it('names resources by the ids that they already have', () => {
    const plan = planConfiguration(
      {
        planned_values: {
          root_module: {
            resources: [
              {
                ...aws,
                address: 'aws_vpc.this',
                type: 'aws_vpc',
                name: 'this',
                values: { id: 'vpc-0a1b2c3d4e5f60718', cidr_block: '10.0.0.0/16' },
              },
              {
                ...aws,
                address: 'aws_subnet.a',
                type: 'aws_subnet',
                name: 'a',
                values: { id: 'subnet-0a1b2c3d', vpc_id: 'vpc-0a1b2c3d4e5f60718' },
              },
            ],
          },
        },
      },
      origin,
    );
    expect(identityOf(plan.of('aws_subnet')[0]?.attribute('vpc_id')?.value)).toBe('aws_vpc.this');
    expect(plan.of('aws_vpc')[0]?.attribute('id')?.value).toBe('vpc-0a1b2c3d4e5f60718');
  });

  it('follows references of what is not known yet through inputs, each and outputs', () => {
    const subnet = (key: string) => ({
      ...aws,
      address: `module.net.aws_subnet.s["${key}"]`,
      type: 'aws_subnet',
      name: 's',
      index: key,
      values: {},
    });
    const association = (key: string) => ({
      ...aws,
      address: `module.net.aws_x.a["${key}"]`,
      type: 'aws_x',
      name: 'a',
      index: key,
      values: {},
    });
    const unknown = (address: string, names: string[]) => ({
      address,
      change: { after_unknown: Object.fromEntries(names.map((name) => [name, true])) },
    });
    const plan = planConfiguration(
      {
        planned_values: {
          root_module: {
            resources: [
              { ...aws, address: 'aws_vpc.this', type: 'aws_vpc', name: 'this', values: {} },
              { ...aws, address: 'aws_y.b', type: 'aws_y', name: 'b', values: {} },
            ],
            child_modules: [{ address: 'module.net', resources: [subnet('k'), subnet('l'), association('k')] }],
          },
        },
        resource_changes: [
          unknown('module.net.aws_subnet.s["k"]', ['vpc_id']),
          unknown('module.net.aws_x.a["k"]', ['subnet']),
          unknown('aws_y.b', ['subnets', 'computed']),
        ],
        configuration: {
          root_module: {
            resources: [
              { address: 'aws_y.b', expressions: { subnets: { references: ['module.net.ids', 'module.net'] } } },
            ],
            module_calls: {
              net: {
                expressions: { vpc: { references: ['aws_vpc.this.id', 'aws_vpc.this'] } },
                module: {
                  outputs: { ids: { expression: { references: ['aws_subnet.s'] } } },
                  resources: [
                    { address: 'aws_subnet.s', expressions: { vpc_id: { references: ['var.vpc'] } } },
                    {
                      address: 'aws_x.a',
                      expressions: { subnet: { references: ['each.value.id', 'each.value'] } },
                      for_each_expression: { references: ['aws_subnet.s'] },
                    },
                  ],
                },
              },
            },
          },
        },
      },
      origin,
    );
    const named = (type: string, name: string) =>
      plan.named(plan.of(type)[0]?.attribute(name)?.value ?? null).map(({ address }) => address);
    expect(named('aws_subnet', 'vpc_id')).toEqual(['aws_vpc.this']);
    expect(named('aws_x', 'subnet')).toEqual(['module.net.aws_subnet.s["k"]']);
    expect(named('aws_y', 'subnets')).toEqual(['module.net.aws_subnet.s["k"]', 'module.net.aws_subnet.s["l"]']);
    expect(plan.of('aws_y')[0]?.attribute('computed')).toBeUndefined();
  });

  it('fills what code leaves open, and never overrules it', () => {
    const code = rootOf(
      'variable "n" {}\nresource "a_b" "c" {\n  n = var.n\n  m = 1\n}\nresource "d_e" "f" {\n  count = var.n\n}\nmodule "x" {\n  source = "acme/x/aws"\n}\n',
    );
    const resource = (address: string, values: object) => ({
      mode: 'managed',
      address,
      type: address.replace(/^module\.x\./, '').split('.')[0],
      name: 'c',
      provider_name: 'a',
      values,
    });
    const plan = planConfiguration(
      {
        planned_values: {
          root_module: {
            resources: [resource('a_b.c', { n: 2, m: 9 }), resource('d_e.f[0]', {}), resource('d_e.f[1]', {})],
            child_modules: [{ resources: [resource('module.x.g_h.i', {})] }],
          },
        },
      },
      origin,
    );
    expect(isPlanOf(plan, code)).toBe(true);
    const filled = fillFrom(code, plan);
    const [one] = filled.of('a_b');
    expect([one?.attribute('n')?.value, one?.attribute('m')?.value]).toEqual([2, 1]);
    expect(filled.of('d_e').map(({ address }) => address)).toEqual(['d_e.f[0]', 'd_e.f[1]']);
    expect(filled.of('g_h')).toHaveLength(1);
    expect(filled.unread).toEqual([]);
    expect(one?.asBlock().attributes['n']?.literal).toBe(2);
  });

  it('may be anything at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (planned, changes, configuration) => {
        const plan = planConfiguration(
          { planned_values: { root_module: planned }, resource_changes: changes, configuration },
          origin,
        );
        for (const resource of plan.resources) resource.asBlock();
      }),
    );
  });
});
