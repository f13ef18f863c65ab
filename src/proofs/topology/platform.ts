import { isWithin, parseCidr, type AddressBlock } from '../../model/cidr.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { evaluateRoots, type Configuration } from './evaluate/index.ts';
import { networkOf } from './network/index.ts';
import type { Network, Tier } from './network/types.ts';

const TYPES = ['resource', 'data', 'module', 'variable', 'locals', 'output', 'provider', 'terraform', ''] as const;

/** The roots of Terraform of the environment, evaluated once for all controls. Class `terraform`. */
export const configurationsOf: (view: PlatformView) => readonly Configuration[] = oncePerPlatform(
  (view: PlatformView) => {
    const { name, kind } = view.environment;
    const blocks = TYPES.flatMap((type) => view.terraform(type));
    return evaluateRoots(blocks, { name, kind });
  },
);

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
