import { isWithin, parseCidr, type AddressBlock } from '../../model/cidr.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import {
  evaluateRoots,
  fillFrom,
  isPlanOf,
  planConfiguration,
  type Configuration,
  type Resource,
} from './evaluate/index.ts';
import { networkOf } from './network/index.ts';
import type { Network, Tier } from './network/types.ts';

const TYPES = ['resource', 'data', 'module', 'variable', 'locals', 'output', 'provider', 'terraform', ''] as const;

/** The roots of Terraform of the environment, evaluated once for all controls. Class `terraform`. */
export const configurationsOf: (view: PlatformView) => readonly Configuration[] = oncePerPlatform(
  (view: PlatformView) => {
    const { name, kind } = view.environment;
    const blocks = TYPES.flatMap((type) => view.terraform(type));
    const roots = evaluateRoots(blocks, { name, kind });
    const plans = view.plans().map(({ data, origin }) => planConfiguration(data, origin));
    return withPlans(roots, plans);
  },
);

/** The resources of a type that Terraform makes here, those in modules included; data sources are none. Class `terraform`. */
export function managedResources(view: PlatformView, type: string): Resource[] {
  return configurationsOf(view).flatMap((configuration) =>
    configuration.of(type).filter(({ mode }) => mode === 'managed'),
  );
}

const rootsByAddress = oncePerPlatform((view: PlatformView) =>
  Map.groupBy(
    configurationsOf(view).flatMap(({ root, resources, unread }) =>
      [...resources, ...unread].map(({ address }) => ({ root, address })),
    ),
    ({ address }) => address,
  ),
);

/** What a resource or call of a root is called among those of all roots: its address, behind its root where another one has the same. */
export function titleOf(
  view: PlatformView,
  { root }: Pick<Configuration, 'root'>,
  { address }: Pick<Resource, 'address'>,
): string {
  const isShared = rootsByAddress(view)
    .get(address)
    ?.some((other) => other.root !== root);
  return isShared === true && root !== '.' ? `${root}/${address}` : address;
}

/** Each plan fills what its root leaves open. Where there is no code, plans stand for themselves. */
function withPlans(roots: readonly Configuration[], plans: readonly Configuration[]): readonly Configuration[] {
  if (roots.length === 0) return plans;
  return roots.map((code) =>
    plans
      .filter((plan) => liesWith(plan.root, code.root) && isPlanOf(plan, code))
      .reduce((filled, plan) => fillFrom(filled, plan), code),
  );
}

/** Whether a plan lies in the folder of a root, below it, or in one above: that of another environment has the same addresses. */
function liesWith(plan: string, root: string): boolean {
  const slash = plan.lastIndexOf('/');
  const folder = slash === -1 ? '' : `${plan.slice(0, slash)}/`;
  const own = root === '.' ? '' : `${root}/`;
  return folder.startsWith(own) || own.startsWith(folder);
}

/** A root together with its network of AWS. */
export interface Topology {
  readonly configuration: Configuration;
  readonly network: Network;
}

/** The networks that the roots of the environment describe, tiers taken from the spec's subnets first. Classes `terraform` and `spec`. */
export const topologiesOf: (view: PlatformView) => readonly Topology[] = oncePerPlatform((view: PlatformView) => {
  const ranges = view.spec.subnets.flatMap(({ name, tier, cidrs }) =>
    tier === undefined
      ? []
      : [{ tier, by: `subnet ${name} of the spec`, blocks: cidrs.flatMap((cidr) => parseCidr(cidr) ?? []) }],
  );
  const named = (block: AddressBlock): { tier: Tier; by: string } | undefined =>
    ranges.find(({ blocks }) => isWithin(block, blocks));
  return configurationsOf(view).map((configuration) => ({ configuration, network: networkOf(configuration, named) }));
});
