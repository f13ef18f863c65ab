import type { PlatformView } from '../../../model/platform.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import { blockOf, joined, type Addresses } from '../addresses.ts';
import { Reachability } from '../reach.ts';
import type { ReachInput } from '../types.ts';
import { operatedPods } from './operated.ts';
import { readPods } from './pods.ts';
import { policyObjects, readPolicy } from './policies.ts';
import { ciliumPolicies } from './cilium/index.ts';
import { asksForAccounts, withAccount } from './cilium/accounts.ts';
import { readService } from './services.ts';
import { readTier, TIER_KINDS } from './tiers.ts';

/** The reachability of a platform, worked out once for all who ask. Reads the classes `kubernetes` and `spec`. */
export const reachabilityOf = oncePerPlatform((view: PlatformView): Reachability => new Reachability(reachInput(view)));

/** What a platform says about reachability. */
export function reachInput(view: PlatformView): ReachInput {
  const plugin = ciliumPolicies(view);
  const accounts = asksForAccounts(plugin);
  return {
    namespaces: view
      .objects('Namespace')
      .filter(({ apiVersion }) => apiVersion === 'v1')
      .map(({ name, labels, origin }) => ({ name, labels, complete: true, origin })),
    pods: [
      ...view
        .workloads()
        .map((workload) => (accounts ? withAccount(workload, readPods(workload)) : readPods(workload))),
      ...operatedPods(view),
    ],
    policies: policyObjects(view).map(readPolicy),
    plugin,
    tiers: TIER_KINDS.flatMap((kind) => view.objects(`${kind}.policy.networking.k8s.io`)).map(readTier),
    services: view.objects('Service').flatMap(readService),
    podAddresses: addressesOf(view, 'pods'),
    nodeAddresses: addressesOf(view, 'nodes'),
  };
}

function addressesOf({ spec }: PlatformView, what: 'pods' | 'nodes'): Addresses | undefined {
  const blocks = spec.subnets.filter(({ holds }) => holds.includes(what)).flatMap(({ cidrs }) => cidrs);
  return blocks.length === 0 ? undefined : joined(blocks.flatMap((cidr) => [blockOf(cidr) ?? []]));
}
