import type { PlatformView } from '../../../model/platform.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import { blockOf, joined, type Addresses } from '../addresses.ts';
import { Reachability } from '../reach.ts';
import type { PodsInput, ReachInput } from '../types.ts';
import { operatedPods } from './operated.ts';
import { readPods } from './pods.ts';
import { policyObjects, readPolicy } from './policies.ts';
import { ciliumPolicies } from './cilium/index.ts';
import { calicoPolicies } from './calico/index.ts';
import { accountKeys, withAccount } from './accounts.ts';
import { doubtsOf } from './plugins.ts';
import { readService } from './services.ts';
import { readTier, TIER_KINDS } from './tiers.ts';

/** The reachability of a platform, worked out once for all who ask. Reads the classes `kubernetes` and `spec`. */
export const reachabilityOf = oncePerPlatform((view: PlatformView): Reachability => new Reachability(reachInput(view)));

/** What a platform says about reachability. */
export function reachInput(view: PlatformView): ReachInput {
  const doubts = doubtsOf(view);
  const namespaces = view
    .objects('Namespace')
    .filter(({ apiVersion }) => apiVersion === 'v1')
    .map(({ name, labels, origin }) => ({ name, labels, complete: true, origin }));
  const read = [ciliumPolicies(view, doubts.cilium), calicoPolicies(view, namespaces, doubts.calico)] as const;
  const isMixed = read.every((policies) => policies.length > 0) && Object.keys(doubts).length === 0;
  const [plugin, calico] = isMixed ? ([read[0].map(doubted), read[1].map(doubted)] as const) : read;
  return {
    namespaces,
    pods: allPods(view, accountKeys(plugin, calico)),
    policies: policyObjects(view).map(readPolicy),
    plugin,
    calico,
    tiers: TIER_KINDS.flatMap((kind) => view.objects(`${kind}.policy.networking.k8s.io`)).map(readTier),
    services: view.objects('Service').flatMap(readService),
    podAddresses: addressesOf(view, 'pods'),
    nodeAddresses: addressesOf(view, 'nodes'),
  };
}

/** A cluster has one network: where there are policies of two plugins, and neither is shown, either may be the one that acts. */
function doubted<P extends object>(policy: P): P & { readonly doubt: string } {
  return {
    ...policy,
    doubt: 'there are policies of Cilium and of Calico, and which of them is the network is not shown',
  };
}

function allPods(view: PlatformView, keys: readonly string[]): PodsInput[] {
  if (keys.length === 0) return [...view.workloads().map(readPods), ...operatedPods(view)];
  const accounts = view.objects('ServiceAccount');
  return [
    ...view.workloads().map((workload) => withAccount(workload, readPods(workload), keys, accounts)),
    ...operatedPods(view).map((pods) => ({
      ...pods,
      moreLabels: [...(typeof pods.moreLabels === 'object' ? pods.moreLabels : []), ...keys],
    })),
  ];
}

function addressesOf({ spec }: PlatformView, what: 'pods' | 'nodes'): Addresses | undefined {
  const blocks = spec.subnets.filter(({ holds }) => holds.includes(what)).flatMap(({ cidrs }) => cidrs);
  return blocks.length === 0 ? undefined : joined(blocks.flatMap((cidr) => [blockOf(cidr) ?? []]));
}
