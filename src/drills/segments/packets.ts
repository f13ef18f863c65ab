/** A network in which the platform's policies meet real packets: a machine for each workload, two outside, a kernel between them. */
import { everyPair, Network, type Listener, type Machine, type Trial } from '../../adapters/netns/index.ts';
import type { PacketNetwork, Passage } from '../../model/drill/segments.ts';
import { compileNftables, rulesetText, type PlacedPod } from '../../proofs/reachability/nftables/index.ts';
import { outside, podsOf, Reachability, type PodsInput, type ReachInput } from '../../proofs/reachability/index.ts';

/** Documentation addresses (RFC 5737, RFC 3849): nobody may mean them, so what reaches them reaches anybody. */
const OUTSIDE = [
  { id: 'outside/near', addresses: ['203.0.113.10', '2001:db8:113::10'] },
  { id: 'outside/far', addresses: ['198.51.100.70', '2001:db8:64::70'] },
] as const;
/** A port that no platform declares: of the dynamic range (RFC 6335). */
const UNDECLARED: Listener = { protocol: 'TCP', port: 64_999 };
/** What a machine outside answers on: where traffic leaves to, and names are asked. */
const OUTSIDE_PORTS: readonly Listener[] = [
  { protocol: 'TCP', port: 443 },
  { protocol: 'TCP', port: 80 },
  { protocol: 'UDP', port: 53 },
  UNDECLARED,
];
/** One network of 200 machines is what a laptop can hold; more would need sampling, which proves less. */
const MOST_WORKLOADS = 200;

export interface PacketOptions {
  /** The command of the agent that runs on each machine. */
  readonly agent: readonly string[];
  /** Changes the ruleset before it is loaded: for tests of what a drill notices. */
  readonly tamper?: (ruleset: string) => string;
}

/** Builds it. The caller closes it; what a killed process leaves is swept by the next one. */
export async function openPackets(
  input: ReachInput,
  { agent, tamper = (text) => text }: PacketOptions,
): Promise<PacketNetwork> {
  const pods = input.pods.filter(({ hostNetwork }) => !hostNetwork);
  if (pods.length > MOST_WORKLOADS)
    throw new RangeError(`the platform has ${pods.length} workloads, more than ${MOST_WORKLOADS}`);
  const placed = pods.map((pod, index) => place(pod, index));
  const machines = [
    ...placed.map((pod, index) => ({ ...pod, listens: listensOf(pods[index]!) })),
    ...OUTSIDE.map((one) => ({ ...one, listens: OUTSIDE_PORTS })),
  ];
  const ruleset = compileNftables(input, placed);
  const network = await Network.open(machines, agent);
  try {
    await network.apply(tamper(rulesetText(ruleset)));
  } catch (error) {
    await network.close();
    throw error;
  }
  return {
    workloads: placed.length,
    passages: passagesOf(new Reachability(input), machines),
    unsupported: ruleset.unsupported,
    measure: (passages) => network.measure(passages),
    close: () => network.close(),
  };
}

function place({ id }: PodsInput, index: number): PlacedPod {
  return {
    id,
    addresses: [`10.61.${Math.floor(index / 200)}.${(index % 200) + 10}`, `fd61::${(index + 16).toString(16)}`],
  };
}

function listensOf({ ports = [] }: PodsInput): Listener[] {
  const declared = ports.flatMap(({ protocol, port }) => (protocol === 'SCTP' ? [] : [{ protocol, port }]));
  const own = new Map([...declared, UNDECLARED].map((one) => [`${one.protocol} ${one.port}`, one]));
  return [...own.values()];
}

/** What passes between two that are both outside is nobody's policy. */
function passagesOf(reach: Reachability, machines: readonly Machine[]): Passage[] {
  const byId = new Map(machines.map((machine) => [machine.id, machine]));
  return everyPair(machines).flatMap((trial) => {
    const way = wayOf(trial);
    return way === undefined ? [] : [{ ...trial, way, proven: provenOf(reach, byId, trial) }];
  });
}

function wayOf({ from, to }: Trial): Passage['way'] | undefined {
  if (isOutside(from)) return isOutside(to) ? undefined : 'arriving';
  return isOutside(to) ? 'leaving' : 'within';
}

function provenOf(reach: Reachability, machines: ReadonlyMap<string, Machine>, trial: Trial): Passage['proven'] {
  const isV6 = trial.address.includes(':');
  const sender = machines.get(trial.from)?.addresses.find((one) => one.includes(':') === isV6) ?? '';
  const source = isOutside(trial.from) ? outside(sender) : podsOf(reach, trial.from);
  const destination = isOutside(trial.to) ? outside(trial.address) : podsOf(reach, trial.to);
  if (source === undefined || destination === undefined) return 'unknown';
  return reach.verdict(source, destination, trial.protocol, trial.port);
}

function isOutside(id: string): boolean {
  return OUTSIDE.some((one) => one.id === id);
}
