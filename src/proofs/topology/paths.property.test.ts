import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCidr } from '../../model/cidr.ts';
import type { Acl, GroupRule, Host, Network, RouteTable, Subnet } from './network/types.ts';
import { between, fromInternet } from './paths.ts';
import {
  crosses,
  entersFromInternet,
  toNumber,
  type PlainAcl,
  type PlainAclRule,
  type PlainRoute,
  type PlainRule,
} from './walker.ts';

const origin = { path: 'main.tf' };
const PORTS = [22, 5432] as const;
/** One port of each stretch that the generated rules tell apart. */
const ANSWERS = [1024, 5000, 5432, 6000, 10_000, 32_768, 61_000, 65_535];
const OUTSIDE = [
  '0.0.0.0/0',
  '8.8.8.0/28',
  '8.8.8.0/29',
  '8.8.8.8/30',
  '8.8.8.4/31',
  '8.8.8.7/32',
  '10.0.0.0/8',
  '9.0.0.0/8',
  '128.0.0.0/1',
];
const INSIDE = [
  '0.0.0.0/0',
  '10.0.0.0/27',
  '10.0.0.0/28',
  '10.0.0.16/28',
  '10.0.0.0/30',
  '10.0.0.20/30',
  '10.0.0.3/32',
  '10.0.0.17/32',
];
/** Every address that a block above begins, ends or holds, and one beyond. */
const STRANGERS = [
  ...Array.from({ length: 18 }, (_, index) => toNumber('8.8.7.255') + index),
  toNumber('9.9.9.9'),
  toNumber('200.1.1.1'),
];
const RANGES: readonly (readonly [number, number])[] = [
  [0, 65_535],
  [1024, 65_535],
  [32_768, 60_999],
  [22, 22],
  [5432, 5432],
  [1024, 1024],
  [65_535, 65_535],
  [20, 6000],
];

const rule = (blocks: readonly string[]): fc.Arbitrary<PlainRule> =>
  fc
    .record({
      cidr: fc.constantFrom(...blocks),
      protocol: fc.constantFrom('tcp', 'tcp', 'tcp', 'udp', 'all'),
      range: fc.constantFrom(...RANGES),
    })
    .map(({ cidr, protocol, range: [from, to] }) => ({ cidr, protocol, from, to }));
const rules = (blocks: readonly string[]): fc.Arbitrary<PlainRule[]> => fc.array(rule(blocks), { maxLength: 3 });
const acl = (blocks: readonly string[]): fc.Arbitrary<PlainAcl | undefined> => {
  const side = fc
    .uniqueArray(fc.record({ number: fc.integer({ min: 1, max: 9 }), allow: fc.boolean(), rule: rule(blocks) }), {
      maxLength: 5,
      selector: ({ number }) => number,
    })
    .map((all): PlainAclRule[] => all.map(({ number, allow, rule: one }) => ({ ...one, number, allow })));
  return fc.option(fc.record({ ingress: side, egress: side }), { nil: undefined });
};
const routes = fc.uniqueArray(
  fc.record({
    cidr: fc.constantFrom(...OUTSIDE),
    target: fc.constantFrom<PlainRoute['target']>('internet', 'internet', 'nat'),
  }),
  { maxLength: 4, selector: ({ cidr }) => cidr },
);

const blockOf = (cidr: string) => parseCidr(cidr) ?? expect.unreachable(cidr);
const groupRules = (all: readonly PlainRule[]): GroupRule[] =>
  all.map(({ cidr, protocol, from, to }) => ({
    protocol,
    ports: protocol === 'all' ? { from: 0, to: 65_535 } : { from, to },
    peers: [{ is: 'block', block: blockOf(cidr), text: cidr }],
    origin,
  }));
const aclOf = (plain: PlainAcl | undefined): Acl | undefined => {
  const side = (all: readonly PlainAclRule[]): Acl['ingress'] =>
    all.map(({ number, allow, cidr, protocol, from, to }) => ({
      number,
      allow,
      protocol,
      ports: { from, to },
      block: blockOf(cidr),
      origin,
    }));
  return plain === undefined
    ? undefined
    : { id: 'acl', ingress: side(plain.ingress), egress: side(plain.egress), origin };
};
const tableOf = (plain: readonly PlainRoute[]): RouteTable => ({
  id: 'table',
  origin,
  routes: plain.map(({ cidr, target }) => ({ block: blockOf(cidr), target, id: target, origin })),
});

function subnet(id: string, cidr: string, own: PlainAcl | undefined, table: RouteTable | undefined): Subnet {
  return {
    id,
    vpc: 'vpc',
    blocks: [blockOf(cidr)],
    cidr,
    zone: 'a',
    table,
    acl: aclOf(own),
    said: undefined,
    assignsPublic: { known: true, value: false, origin },
    origin,
  };
}

function host(id: string, within: Subnet, group: string): Host {
  return {
    id,
    kind: 'instance',
    what: 'instance',
    subnets: [within],
    groups: [group],
    public: { known: true, value: true, origin },
    ports: [...PORTS],
    forwards: [],
    origin,
  };
}

function network(subnets: Subnet[], groups: Record<string, [GroupRule[], GroupRule[]]>): Network {
  const all = Object.entries(groups).map(([id, [ingress, egress]]) => [id, { id, ingress, egress, origin }] as const);
  return { vpcs: [], subnets, groups: new Map(all), hosts: [] };
}

describe('packet by packet', () => {
  test('what enters from the internet', () => {
    fc.assert(
      fc.property(
        rules(OUTSIDE),
        acl(OUTSIDE),
        routes,
        fc.constantFrom(...PORTS),
        (ingress, own, plainRoutes, port) => {
          const place = subnet('s', '10.0.0.0/28', own, tableOf(plainRoutes));
          const target = host('h', place, 'g');
          const found = fromInternet(network([place], { g: [groupRules(ingress), []] }), target, port);
          const expected = STRANGERS.some((from) =>
            ANSWERS.some((answer) =>
              entersFromInternet({ from, to: 0, port, answer }, { acl: own, routes: plainRoutes }, ingress),
            ),
          );
          expect(found.answer).toBe(expected ? 'open' : 'closed');
        },
      ),
      { numRuns: 15_000 },
    );
  });

  test('what crosses from one subnet to another', () => {
    fc.assert(
      fc.property(
        rules(INSIDE),
        rules(INSIDE),
        acl(INSIDE),
        acl(INSIDE),
        fc.constantFrom(...PORTS),
        (egress, ingress, outer, inner, port) => {
          const [a, b] = [subnet('a', '10.0.0.0/28', outer, undefined), subnet('b', '10.0.0.16/28', inner, undefined)];
          const [from, to] = [host('from', a, 'ga'), host('to', b, 'gb')];
          const found = between(
            network([a, b], { ga: [[], groupRules(egress)], gb: [groupRules(ingress), []] }),
            from,
            to,
            port,
          );
          const expected = walk((source, target) =>
            ANSWERS.some((answer) =>
              crosses({ from: source, to: target, port, answer }, { acl: outer, egress }, { acl: inner, ingress }),
            ),
          );
          expect(found.answer).toBe(expected ? 'open' : 'closed');
        },
      ),
      { numRuns: 4000 },
    );
  });
});

/** Whether any of the sixteen addresses of one subnet gets through to any of the other's. */
function walk(passes: (source: number, target: number) => boolean): boolean {
  const addresses = Array.from({ length: 16 }, (_, index) => index);
  return addresses.some((a) => addresses.some((b) => passes(toNumber('10.0.0.0') + a, toNumber('10.0.0.16') + b)));
}
