import type { Cursor } from '../../../../model/cursor.ts';
import { ALL_V4, ALL_V6, blockOf, joined, type Addresses } from '../../addresses.ts';
import { intersect, overlap, subtract, union } from '../../intervals.ts';
import { Refused } from '../refused.ts';

export const EVERYWHERE: Addresses = union(ALL_V4, ALL_V6);

/** A block or a single address. */
export function netAt(at: Cursor): Addresses {
  const block = blockOf(at.string() ?? '');
  if (block === undefined) throw new Refused(`${String(at.value)} is no address and no CIDR block`);
  return block;
}

/** The addresses that `nets`, `notNets` and the rule's `ipVersion` leave; undefined where none of them says anything. */
export function netsOf(entity: Cursor, ipVersion: number | undefined): Addresses | undefined {
  const nets = entity.get('nets').items().map(netAt);
  const excluded = entity.get('notNets').items().map(netAt);
  const family = ipVersion === undefined ? EVERYWHERE : ipVersion === 4 ? ALL_V4 : ALL_V6;
  const all = joined([...nets, ...excluded]);
  if (overlap(all, ALL_V4) && overlap(all, ALL_V6))
    throw new Refused('a rule has blocks of IPv4 and of IPv6, which need a rule each');
  if (all.length > 0 && !overlap(all, family)) throw new Refused(`a rule for IPv${ipVersion} has blocks of the other`);
  if (all.length === 0 && ipVersion === undefined) return undefined;
  return subtract(intersect(nets.length === 0 ? EVERYWHERE : joined(nets), family), joined(excluded));
}
