/** Names of hosts that policies let workloads reach, as those of Cilium can (`toFQDNs`), and what these let them reach beside. */
import type { Origin } from '../../model/origin.ts';
import {
  portsText,
  type Flow,
  type PodClass,
  type Ports,
  type RuleInput,
  type Reachability,
} from '../reachability/index.ts';
import { rulesOf } from '../reachability/evaluate.ts';
import { coversName } from '../reachability/names.ts';
import { Reachability as Reach } from '../reachability/reach.ts';
import { subtract, union, unionAll } from '../reachability/intervals.ts';
import { onePort, portRange } from '../reachability/ports.ts';

/** What rules about names let a workload reach. */
export interface HostNames {
  /** Patterns with the ports on which they are let through. */
  readonly hosts: readonly { readonly pattern: string; readonly ports: Ports }[];
  /** `CiliumNetworkPolicy shop/api egress[0]`. */
  readonly by: readonly string[];
  /** Whether a rule lets the plugin learn the addresses of a name. */
  readonly learns: (name: string) => boolean;
  readonly origin?: Origin;
}

/** Undefined where no rule names hosts. */
export function hostNames(reach: Reachability, pods: PodClass): HostNames | undefined {
  const rules = [...rulesOf(reach.world.lookup.namespaced(pods, 'egress'), 'egress')]
    .map(({ rule }) => rule)
    .filter(({ action }) => action === 'Accept');
  const naming = rules.filter(({ peers }) => peers !== undefined && peers.domains.length > 0);
  if (naming.length === 0) return undefined;
  const byPattern = new Map<string, Ports>();
  for (const { peers, fixed } of naming)
    for (const pattern of peers?.domains ?? []) byPattern.set(pattern, union(byPattern.get(pattern) ?? [], fixed));
  const learnt = rules.flatMap(({ input }) => input.resolves ?? []);
  const origin = naming.find(({ input }) => input.origin !== undefined)?.input.origin;
  return {
    hosts: [...byPattern].map(([pattern, ports]) => ({ pattern, ports })),
    by: [...new Set(naming.map(({ policy, index, input }) => `${policy.id} ${input.place ?? `egress[${index}]`}`))],
    learns: (name) => learnt.some((pattern) => coversName(pattern, name)),
    ...(origin !== undefined && { origin }),
  };
}

/** Why a policy may hold the pods to names: what a rule of Calico about names comes to hangs on the edition. */
export function perhapsNames(reach: Reachability, pods: PodClass): string | undefined {
  const rules = reach.asked(pods, 'egress').flatMap(({ kind, egress }) => (kind === 'calico' ? (egress ?? []) : []));
  const naming = rules.find(({ peers }) => peers !== undefined && peers.domains.length > 0);
  if (naming === undefined) return undefined;
  const { policy, index, input } = naming;
  return `${policy.id} ${input.place ?? `egress[${index}]`}: ${input.doubt ?? 'it names domains, whose addresses are not known'}`;
}

/** Names on ports that none of the flows to them has: `api.stripe.com on TCP 80`. */
export function beyondPorts({ hosts }: HostNames, flows: readonly Flow[]): string[] {
  return hosts.flatMap(({ pattern, ports }) => {
    const declared = flows.filter(({ to }) =>
      to.some((end) => end.kind === 'hosts' && end.names.some((name) => coversName(pattern, name))),
    );
    const rest = subtract(ports, unionAll(declared.map(portsOf)));
    return declared.length === 0 || rest.length === 0 ? [] : [`${pattern} on ${portsText(rest)}`];
  });
}

function portsOf({ protocol, ports }: Flow): Ports {
  return ports.length === 0 ? portRange(protocol) : unionAll(ports.map((port) => onePort(protocol, port)));
}

/** The reachability as if no rule named hosts: what is left is what addresses let pass. */
export function withoutNames(reach: Reachability): Reachability {
  const { plugin = [] } = reach.input;
  const isNamed = (rule: RuleInput): boolean => rule.peers?.some(({ kind }) => kind === 'domains') === true;
  if (!plugin.some(({ egress }) => egress?.some(isNamed) === true)) return reach;
  const nameless = (rule: RuleInput): RuleInput =>
    isNamed(rule) ? { ...rule, peers: (rule.peers ?? []).filter(({ kind }) => kind !== 'domains') } : rule;
  return new Reach({
    ...reach.input,
    plugin: plugin.map((policy) => ({ ...policy, egress: policy.egress?.map(nameless) })),
  });
}
