import { everyPair, type Listener, type Machine, type Trial } from '../../src/adapters/netns/index.ts';
import { openTree } from '../../src/adapters/files.ts';
import { indexPlatform, viewFor } from '../../src/engine/view.ts';
import type { Verdict } from '../../src/proofs/reachability/index.ts';
import { outside, podsOf, Reachability, reachInput } from '../../src/proofs/reachability/index.ts';
import type { PlacedPod } from '../../src/proofs/reachability/nftables/index.ts';
import { platformOf } from '../fixture-platform.ts';

/** A small platform with a machine for each of its workloads, and two machines outside of it. */
export interface PacketWorld {
  readonly reach: Reachability;
  readonly pods: readonly PlacedPod[];
  readonly machines: readonly Machine[];
  readonly trials: readonly Trial[];
}

/** Asked of every machine: ports that policies name, their neighbours, and the ends of ranges. */
const PORTS: readonly Listener[] = [
  ...[53, 5432, 6379, 8080, 9089, 9090, 9091, 9092, 9099, 9100].map((port) => ({ protocol: 'TCP' as const, port })),
  ...[53, 5432, 8119, 8120, 8125, 8126, 8127].map((port) => ({ protocol: 'UDP' as const, port })),
];

const OUTSIDE = [
  { id: 'outside/bank', addresses: ['203.0.113.10', '2001:db8:113::10'] },
  { id: 'outside/other', addresses: ['203.0.113.70', '2001:db8:113:64::70'] },
];

export async function packetWorld(folder: string): Promise<PacketWorld> {
  const index = indexPlatform(await platformOf(openTree(folder)));
  const input = reachInput(viewFor(index, ['kubernetes', 'spec']));
  const pods = input.pods.map(({ id }, position) => ({
    id,
    addresses: [`10.61.0.${position + 10}`, `fd61::${(position + 16).toString(16)}`],
  }));
  const ends = [...pods, ...OUTSIDE];
  const machines = ends.map((end) => ({ ...end, listens: PORTS }));
  return {
    reach: new Reachability(input),
    pods,
    machines,
    // What passes between two that are both outside is nobody's policy.
    trials: everyPair(machines).filter(({ from, to }) => !isOutside({ id: from }) || !isOutside({ id: to })),
  };
}

function isOutside({ id }: { readonly id: string }): boolean {
  return OUTSIDE.some((one) => one.id === id);
}

/** What the engine says of one connection of the world. */
export function proven({ reach, machines }: PacketWorld, { from, to, address, protocol, port }: Trial): Verdict {
  const sameFamily = (one: string): boolean => one.includes(':') === address.includes(':');
  const sender = machines.find(({ id }) => id === from)?.addresses.find(sameFamily) ?? '';
  const end = (id: string, own: string): ReturnType<typeof podsOf> =>
    isOutside({ id }) ? outside(own) : podsOf(reach, id);
  const [source, destination] = [end(from, sender), end(to, address)];
  if (source === undefined || destination === undefined) throw new RangeError(`no such ends: ${from}, ${to}`);
  return reach.verdict(source, destination, protocol, port);
}
