import { parseCidr } from '../../../model/cidr.ts';
import { textOf, whyUnknown, type Body, type Configuration, type Resource } from '../evaluate/index.ts';
import { elements, identityAt, identityOf } from '../read.ts';
import type { Peer } from './types.ts';

/** What the prefix lists that a rule names stand for. */
export type PrefixLists = (body: Body, name: string) => Peer[];

/** Reads prefix lists that are made here, entry by entry. Those of AWS's own services and of elsewhere are not known. */
export function prefixListsOf(configuration: Configuration): PrefixLists {
  const own = new Map(
    configuration
      .of('aws_ec2_managed_prefix_list')
      .filter(({ mode }) => mode === 'managed')
      .map((list) => [list.address, peersIn(configuration, list)] as const),
  );
  return (body, name) =>
    elements(body, name).flatMap(({ value }): Peer[] => {
      const identity = identityOf(value) ?? '';
      return own.get(identity) ?? [{ is: 'unknown', because: `the prefix list ${identity} is not read` }];
    });
}

function peersIn(configuration: Configuration, list: Resource): Peer[] {
  const entries = [
    ...list.blocks('entry'),
    ...configuration
      .of('aws_ec2_managed_prefix_list_entry')
      .filter((entry) => identityAt(entry, 'prefix_list_id') === list.address),
  ];
  const open = list.open('entry');
  return [
    ...entries.map((entry) => peerOf(list, entry)),
    ...(open === undefined ? [] : [{ is: 'unknown' as const, because: `${list.address}: ${open}` }]),
  ];
}

function peerOf(list: Resource, entry: Body): Peer {
  const value = entry.attribute('cidr')?.value ?? null;
  const text = textOf(value) ?? '';
  const block = parseCidr(text);
  if (block !== undefined) return { is: 'block', block, text };
  return { is: 'unknown', because: `an entry of ${list.address}: ${whyUnknown(value) ?? 'it is no address block'}` };
}
