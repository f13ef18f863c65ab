import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  outside,
  OTHER_NODE,
  OWN_NODE,
  podGroups,
  portsText,
  type Endpoint,
  type Protocol,
  type Reachability,
} from './index.ts';
import { oracleAllows, type OracleEnd, type OracleWorld } from './oracle.testkit.ts';
import { clusters, engineOf, type Known } from './worlds.testkit.ts';

const PACKETS: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['TCP', 8080],
  ['TCP', 443],
  ['UDP', 53],
  ['SCTP', 80],
];

/** An end for both: as the engine has it, and one concrete instance for the oracle. */
interface PairedEnd {
  readonly engine: Endpoint;
  readonly oracle: (world: OracleWorld, other: OracleEnd | undefined) => OracleEnd;
}

function endsOf(reach: Reachability, { world }: Known): PairedEnd[] {
  const pods = world.pods.map((pod, index): PairedEnd => {
    const found = reach.pods(pod.id);
    if (found === undefined) throw new Error(`no ${pod.id}`);
    return { engine: { kind: 'pods', pods: found }, oracle: (settled) => ({ pod: settled.pods[index] ?? pod }) };
  });
  const addresses = ['203.0.113.7', '203.0.113.200', '198.51.100.1', 'fd00:0:0:0:0:0:0:7', '2001:db8:0:0:0:0:0:1'];
  return [
    ...pods,
    ...addresses.map((ip): PairedEnd => ({ engine: outside(ip) ?? OTHER_NODE, oracle: () => ({ ip }) })),
    { engine: OTHER_NODE, oracle: () => ({ node: 'n3' }) },
    {
      engine: OWN_NODE,
      oracle: (_, other) => ({ node: other !== undefined && 'pod' in other ? other.pod.node : 'n3' }),
    },
  ];
}

/** Every pair with a pod at one end; a pod with itself is no question for a policy. */
function pairsOf(reach: Reachability, known: Known): [PairedEnd, PairedEnd][] {
  const ends = endsOf(reach, known);
  return ends.flatMap((from) =>
    ends
      .filter((to) => from !== to && (from.engine.kind === 'pods' || to.engine.kind === 'pods'))
      .map((to): [PairedEnd, PairedEnd] => [from, to]),
  );
}

function ask(
  world: OracleWorld,
  [from, to]: readonly [PairedEnd, PairedEnd],
  [protocol, port]: readonly [Protocol, number],
): boolean {
  const sender = from.engine.kind === 'node' ? undefined : from.oracle(world, undefined);
  const receiver = to.oracle(world, sender);
  return oracleAllows(world, sender ?? from.oracle(world, receiver), receiver, protocol, port);
}

/** Worlds that agree with everything the engine was told. */
function completions({ world, declaredNamespaces, addresses, hostEndpoints }: Known): OracleWorld[] {
  const open = Object.keys(world.namespaces).filter((name) => !declaredNamespaces.includes(name));
  const guesses = [{}, { app: 'x' }, { app: 'y', tier: 'x' }, { tier: 'y' }];
  const ranges = addresses ? ['10.1.0', '10.1.200'] : ['10.1.0', '10.9.9', '203.0.113'];
  return guesses.flatMap((guess, index) => {
    const range = ranges[index % ranges.length] ?? '';
    const namespaces = { ...world.namespaces, ...Object.fromEntries(open.map((name) => [name, guess])) };
    const pods = world.pods.map((pod, at) => ({
      ...pod,
      ip: `${range}.${at + 1}`,
      node: ['n1', 'n2'][(at * index) % 2] ?? 'n1',
    }));
    const nodes = addresses ? world.nodes : { n1: '10.1.7.1', n2: '203.0.113.9', n3: '10.9.0.3' };
    return [true, false].map((hostPodsArePods) => ({
      ...world,
      namespaces,
      pods,
      nodes: index % 2 === 0 ? world.nodes : nodes,
      hostPodsArePods,
      hostsAreEndpoints: hostEndpoints && index > 0,
      networkPoliciesFirst: hostPodsArePods === (index % 2 === 1),
      cidrSelectsNodes: index > 1,
      labelsReachFar: index % 2 === 0,
      ownNodeMayBeDenied: hostPodsArePods === index < 2,
      tieOrder: hostPodsArePods ? world.tieOrder : world.tieOrder.toReversed(),
    }));
  });
}

const COUNT = Number(process.env['REACH_CASES'] ?? 3000);

describe.each(['cilium', 'calico'] as const)('against the oracle, with policies of %s', (plugin) => {
  it('agrees on every packet where everything is known', () => {
    fc.assert(
      fc.property(clusters(true, plugin), (known) => {
        const reach = engineOf(known);
        for (const pair of pairsOf(reach, known)) {
          for (const packet of PACKETS) {
            const verdict = reach.verdict(pair[0].engine, pair[1].engine, ...packet);
            const expected = ask(known.world, pair, packet) ? 'allowed' : 'denied';
            if (verdict !== expected) expect({ pair, packet, verdict }).toEqual({ pair, packet, verdict: expected });
          }
        }
      }),
      { numRuns: COUNT, endOnFailure: true },
    );
  }, 180_000);

  it('is never sure of what another world refutes', () => {
    let unknown = 0;
    let all = 0;
    fc.assert(
      fc.property(clusters(false, plugin), (known) => {
        const reach = engineOf(known);
        const worlds = completions(known);
        for (const pair of pairsOf(reach, known)) {
          for (const packet of PACKETS.slice(0, 3)) {
            const verdict = reach.verdict(pair[0].engine, pair[1].engine, ...packet);
            all += 1;
            if (verdict === 'unknown') {
              unknown += 1;
              continue;
            }
            for (const world of worlds) {
              const answer = ask(world, pair, packet) ? 'allowed' : 'denied';
              if (answer !== verdict)
                expect({ pair, packet, world, verdict }).toEqual({ pair, packet, world, verdict: answer });
            }
          }
        }
      }),
      { numRuns: COUNT / 3, endOnFailure: true },
    );
    expect(unknown / all).toBeGreaterThan(0.02);
    expect(unknown / all).toBeLessThan(0.6);
  }, 180_000);

  it('says in groups what it says of each pair', () => {
    fc.assert(
      fc.property(
        fc.boolean().chain((settled) => clusters(settled, plugin)),
        (known) => {
          const reach = engineOf(known);
          const listed = new Map<string, string>();
          for (const { from, to, connection } of podGroups(reach)) {
            for (const a of from) {
              for (const b of to) {
                const key = `${a.index} ${b.index}`;
                expect(listed.has(key)).toBe(false);
                listed.set(key, `${portsText(connection.allowed)} / ${portsText(connection.unknown)}`);
              }
            }
          }
          for (const a of reach.classes.all) {
            for (const b of reach.classes.all) {
              const { allowed, unknown } = reach.connection({ kind: 'pods', pods: a }, { kind: 'pods', pods: b });
              const text =
                allowed.length + unknown.length === 0 ? undefined : `${portsText(allowed)} / ${portsText(unknown)}`;
              expect(listed.get(`${a.index} ${b.index}`)).toBe(text);
            }
          }
        },
      ),
      { numRuns: COUNT / 2, endOnFailure: true },
    );
  }, 180_000);
});
