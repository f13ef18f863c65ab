import { cursor, type KubeObject } from '../../../../model/kube.ts';
import { ADMIN_ORDER, BASELINE_ORDER, DEFAULT_ORDER } from '../../order.ts';
import type { CalicoTier } from '../../types.ts';
import { readOrRefuse } from '../refused.ts';

/** The tier of policies that name none; every cluster has it as it is. */
const DEFAULT_TIER: CalicoTier = { name: 'default', order: DEFAULT_ORDER, denies: true };

/** A Tier; none where the object would be refused, and what its policies do is not known. */
export function readTier(object: KubeObject): CalicoTier[] {
  const read = readOrRefuse(() => {
    const spec = cursor(object).get('spec');
    return { order: spec.get('order').number() ?? Infinity, denies: spec.get('defaultAction').string() !== 'Pass' };
  });
  return 'value' in read ? [{ name: object.name, ...read.value }] : [];
}

/** Where a policy stands. `adrift`: why that is not known. */
export function placeOf(name: string | undefined, tiers: readonly CalicoTier[]): { tier: CalicoTier; adrift?: string } {
  if (name === undefined || name === DEFAULT_TIER.name) return { tier: DEFAULT_TIER };
  const tier = tiers.find((one) => one.name === name);
  const first = { name, order: -Infinity, denies: true };
  if (tier === undefined) return { tier: first, adrift: `its tier ${name} is in no manifest` };
  if ([ADMIN_ORDER, DEFAULT_ORDER, BASELINE_ORDER].includes(tier.order))
    return { tier: first, adrift: `its tier ${name} has the order ${tier.order} of a tier that is there in any case` };
  return { tier };
}
