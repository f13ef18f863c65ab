import { parseCidr, type AddressBlock } from '../../../model/cidr.ts';
import type { Configuration } from '../evaluate/index.ts';
import { text } from '../read.ts';
import { hostsOf } from './hosts.ts';
import { groupsOf } from './rules.ts';
import { subnetsOf } from './subnets.ts';
import type { Network, Tier } from './types.ts';

/** The network of AWS that a root describes. `named`: tiers that somebody gave to ranges of addresses. */
export function networkOf(
  configuration: Configuration,
  named: (block: AddressBlock) => { tier: Tier; by: string } | undefined = () => undefined,
): Network {
  const subnets = subnetsOf(configuration, named);
  return {
    vpcs: configuration.of('aws_vpc').map((resource) => {
      const written = text(resource, 'cidr_block', '');
      const block = written.known ? parseCidr(written.value) : undefined;
      return { id: resource.address, blocks: block === undefined ? [] : [block], origin: resource.origin };
    }),
    subnets,
    groups: groupsOf(configuration),
    hosts: hostsOf(configuration, subnets),
  };
}
