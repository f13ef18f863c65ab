import { NO_ADDRESSES, type Addresses } from './addresses.ts';
import { classify, looseClass, namespaceFor, type Classes, type Namespace, type PodClass } from './classes.ts';
import { compileNamespaced, compileTier, type Namespaced, type Policy, type Tiered } from './compile.ts';
import { readingsOf, type Endpoint } from './endpoints.ts';
import { evaluateSide, OPEN, type Side, type Witnessed, type World } from './evaluate.ts';
import { intersect, subtract, union } from './intervals.ts';
import { PolicyLookup } from './lookup.ts';
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
  readonly world: World;
  readonly #namespaces: Map<string, Namespace>;

  constructor(input: ReachInput) {
    this.input = input;
    this.classes = classify(input);
    this.#namespaces = new Map(this.classes.namespaces);
    this.policies = [...input.policies, ...(input.plugin ?? [])].map(compileNamespaced);
    this.tiers = input.tiers.map(compileTier);
    this.world = {
      lookup: new PolicyLookup(this.policies, this.tiers, this.classes),
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

  /** Whether NetworkPolicies, or those of a plugin, isolate the pods in a direction. Rules of the outer tiers do not isolate. */
  isIsolated(pods: PodClass, direction: Direction): Isolation['isolated'] {
    const { isolates } = this.world.lookup.namespaced(pods, direction);
    if (isolates === 0) return 'no';
    return isolates === 2 && !pods.hostNetwork ? 'yes' : 'unknown';
  }

  /** The same, with the policies: these may be many, so ask {@link isIsolated} where they do not matter. */
  isolation(pods: PodClass, direction: Direction): Isolation {
    const { shared, own } = this.world.lookup.namespaced(pods, direction);
    const policies = [...shared.flatMap((list) => list.policies), ...own.map(({ policy }) => policy)];
    policies.sort((a, b) => a.order - b.order);
    return { isolated: this.isIsolated(pods, direction), policies };
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

export function connectionOf(egress: Side, ingress: Side): Connection {
  const accept = intersect(egress.accept, ingress.accept);
  const deny = union(egress.deny, ingress.deny);
  return { allowed: subtract(accept, deny), unknown: intersect(accept, deny) };
}

/** What either of two readings may come to. */
function eitherSide(a: Side, b: Side): Side {
  return { accept: union(a.accept, b.accept), deny: union(a.deny, b.deny) };
}
