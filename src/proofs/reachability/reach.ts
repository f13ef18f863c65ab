import { NO_ADDRESSES, type Addresses } from './addresses.ts';
import { classify, looseClass, namespaceFor, type Classes, type Namespace, type PodClass } from './classes.ts';
import {
  compileCalico,
  compileNamespaced,
  compileTier,
  type Calico,
  type Namespaced,
  type Policy,
  type Tiered,
} from './compile.ts';
import { readingsOf, type Endpoint } from './endpoints.ts';
import { evaluateSide, OPEN, type Side, type Witnessed, type World } from './evaluate.ts';
import { intersect, subtract, union } from './intervals.ts';
import { PolicyLookup } from './lookup.ts';
import { both, either } from './match.ts';
import { endsAt, type Tier } from './order.ts';
import { hasPort, type Ports, type Protocol } from './ports.ts';
import type { Direction, PodsInput, ReachInput, ServiceInput } from './types.ts';

export type Verdict = 'allowed' | 'denied' | 'unknown';

/** What may pass from one end to the other: surely, and perhaps. All other ports are surely denied. Plain data. */
export interface Connection {
  readonly allowed: Ports;
  readonly unknown: Ports;
}

export interface Isolation {
  readonly isolated: 'yes' | 'no' | 'unknown';
  /** The policies that select the pods in this direction, whether or not each isolates. */
  readonly policies: readonly Policy[];
}

/** Who may talk to whom under the policies of a cluster. Cheap to make; every answer is worked out when it is asked for. */
export class Reachability {
  readonly input: ReachInput;
  readonly classes: Classes;
  readonly policies: readonly Namespaced[];
  readonly tiers: readonly Tiered[];
  readonly calico: readonly Calico[];
  readonly world: World;
  readonly #namespaces: Map<string, Namespace>;

  constructor(input: ReachInput) {
    this.input = input;
    this.classes = classify(input);
    this.#namespaces = new Map(this.classes.namespaces);
    this.policies = [...input.policies, ...(input.plugin ?? [])].map(compileNamespaced);
    this.tiers = input.tiers.map(compileTier);
    this.calico = (input.calico ?? []).map(compileCalico);
    this.world = {
      lookup: new PolicyLookup(this.policies, this.tiers, this.calico, this.classes),
      places: { pods: input.podAddresses, nodes: input.nodeAddresses },
    };
  }

  /** The pods of a workload by its id, `shop/api[Deployment]`. */
  pods(id: string): PodClass | undefined {
    return this.classes.byId.get(id);
  }

  /** Pods that are not part of the platform, such as a Prometheus elsewhere: in a namespace, with labels or (undefined) unknown ones. */
  loosePods(workload: PodsInput): PodClass {
    return looseClass(workload, namespaceFor(this.#namespaces, workload.namespace));
  }

  /**
   * What may pass from one endpoint to another: let out by the sender and let in by the receiver on the same port. Between pods of the
   * same class it is the answer for two different pods; a pod always reaches itself. Addresses, nodes and `anyone` have no policies
   * of their own.
   */
  connection(source: Endpoint, destination: Endpoint): Connection {
    return connectionOf(this.side('egress', source, destination), this.side('ingress', source, destination));
  }

  /** The verdict on one port. */
  verdict(source: Endpoint, destination: Endpoint, protocol: Protocol, port: number): Verdict {
    const { allowed, unknown } = this.connection(source, destination);
    if (hasPort(allowed, protocol, port)) return 'allowed';
    return hasPort(unknown, protocol, port) ? 'unknown' : 'denied';
  }

  /** What the policies at one end make of a connection. */
  side(direction: Direction, source: Endpoint, destination: Endpoint, witness?: Witnessed): Side {
    const [subject, other] = direction === 'egress' ? [source, destination] : [destination, source];
    if (subject.kind !== 'pods') return OPEN;
    const receiver = destination.kind === 'pods' ? destination.pods : undefined;
    const sides = readingsOf(other).map((peer) =>
      evaluateSide({ subject: subject.pods, direction, peer, destination: receiver }, this.world, witness),
    );
    return sides.reduce(eitherSide);
  }

  /** Whether NetworkPolicies, or those of a plugin, isolate the pods in a direction. Rules of the standard's outer tiers do not isolate. */
  isIsolated(pods: PodClass, direction: Direction): Isolation['isolated'] {
    const { isolates } = this.world.lookup.namespaced(pods, direction);
    const { before, early, late, after } = this.world.lookup.tiers(pods);
    const known = [...before, early, late, ...after].map((tier) => endsAt(tier, direction));
    const match = [pods.hostNetwork ? both(isolates, 1) : isolates, ...known].reduce(either);
    return match === 0 ? 'no' : match === 2 ? 'yes' : 'unknown';
  }

  /** The same, with the policies: these may be many, so ask {@link isIsolated} where they do not matter. */
  isolation(pods: PodClass, direction: Direction): Isolation {
    const policies = this.asked(pods, direction).filter(({ kind }) => kind !== 'tier');
    return { isolated: this.isIsolated(pods, direction), policies };
  }

  /** The policies that are asked about the pods in a direction, in this order; NetworkPolicies, whose order does not matter, as they come. */
  asked(pods: PodClass, direction: Direction): Policy[] {
    const { shared, own } = this.world.lookup.namespaced(pods, direction);
    const { before, early, late, after } = this.world.lookup.tiers(pods);
    const policies = [...shared.flatMap((list) => list.policies), ...own.map(({ policy }) => policy)];
    policies.sort((a, b) => a.order - b.order);
    const inDirection = (tiers: readonly Tier[]): Policy[] =>
      tiers.flat(2).flatMap(({ policy }) => (isAbout(policy, direction) ? [policy] : []));
    return [...new Set([...inDirection([...before, early]), ...policies, ...inDirection([late, ...after])])];
  }

  /** The Services of a namespace, or all. */
  services(namespace?: string): readonly ServiceInput[] {
    return namespace === undefined
      ? this.input.services
      : this.input.services.filter((service) => service.namespace === namespace);
  }

  /** All addresses that belong to the cluster as far as declared. */
  get clusterAddresses(): Addresses {
    return union(this.input.podAddresses ?? NO_ADDRESSES, this.input.nodeAddresses ?? NO_ADDRESSES);
  }
}

/** A tier's policy of the standard without rules does nothing; one of Calico drops at the end of its tier. */
function isAbout(policy: Policy, direction: Direction): boolean {
  const rules = policy[direction];
  return policy.kind === 'calico' ? rules !== undefined : rules?.length !== 0;
}

export function connectionOf(egress: Side, ingress: Side): Connection {
  const accept = intersect(egress.accept, ingress.accept);
  const deny = union(egress.deny, ingress.deny);
  return { allowed: subtract(accept, deny), unknown: intersect(accept, deny) };
}

/** What either of two readings may come to. */
function eitherSide(a: Side, b: Side): Side {
  return { accept: union(a.accept, b.accept), deny: union(a.deny, b.deny) };
}
