/** Blocks of addresses. They are about what is outside of the cluster: pods never, and nodes only with `policyCIDRMatchMode` ("IP/CIDR based"). */
import type { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import { selects } from '../../../../model/selector.ts';
import { ALL_V4, ALL_V6, blockExcept, blockOf, joined, type Addresses } from '../../addresses.ts';
import { covers, union } from '../../intervals.ts';
import { addressesAt, Refused, looseSelectorAt } from '../refused.ts';
import type { Peer } from './peers.ts';
import type { Surroundings } from './surroundings.ts';

/** `fromCIDR`, `toCIDR`: blocks or single addresses. */
export function blocksOf(at: Cursor): Peer[] {
  return at.items().map((item) => {
    const block = blockOf(item.string() ?? '');
    if (block === undefined) throw new Refused(`${String(item.value)} is no address and no CIDR block`);
    return outside(block);
  });
}

/** `fromCIDRSet`, `toCIDRSet`: a block or a CiliumCIDRGroup, without exceptions. */
export function groupedBlocksOf(at: Cursor, { groups }: Surroundings): Peer[] {
  return at.items().flatMap((item) => {
    const fields = ['cidr', 'cidrGroupRef', 'cidrGroupSelector'].filter((key) => item.get(key).exists);
    if (fields.length !== 1) throw new Refused('a block is not exactly one of cidr, cidrGroupRef, cidrGroupSelector');
    const except = item.get('except').items().map(addressesAt);
    if (fields[0] === 'cidr') return [outside(without(addressesAt(item.get('cidr')), except, true))];
    const found = groups.filter((group) => isMeant(group, item));
    const blocks = found.flatMap((group) => cursor(group).get('spec', 'externalCIDRs').items().map(addressesAt));
    const held = outside(without(joined(blocks), except, false));
    // Groups that are selected by their labels may be others' as well; one that is named is that one.
    if (found.length > 0) return [held];
    const name = item.get('cidrGroupRef').string();
    return [
      {
        ...outside(without(union(ALL_V4, ALL_V6), except, false)),
        doubt: `it is about CiliumCIDRGroup ${name ?? 'by labels'}, which no manifest shows`,
      },
    ];
  });
}

function isMeant({ name, labels }: KubeObject, item: Cursor): boolean {
  const wanted = looseSelectorAt(item.get('cidrGroupSelector'));
  return wanted === undefined ? item.get('cidrGroupRef').string() === name : selects(wanted, labels);
}

function without(block: Addresses, except: readonly Addresses[], within: boolean): Addresses {
  if (within && except.some((one) => !covers(block, one)))
    throw new Refused('an exception of a block does not lie within it');
  return blockExcept(block, except);
}

function outside(addresses: Addresses): Peer {
  return { peer: { kind: 'outside', addresses, nodes: true } };
}
