import type { Patch, Subject } from '../../model/control.ts';
import { below } from '../../model/origin.ts';
import type { PlacementInput } from '../../proofs/placement/index.ts';
import { findingsFor, type Params } from './check.ts';
import type { Placed, Placements } from './input.ts';

const ZONE = 'topology.kubernetes.io/zone';

/** Spreads over zones where the engine then finds nothing left; replicas, claims and pools are people's decisions. */
export function synth(_subject: Subject, { workloads }: Placements, params: Params): Patch[] {
  const judged = workloads.filter(({ id }) => !params.exempt.includes(id));
  const repairs = judged.map((one) => repair(one, params));
  return repairs.every((patches) => patches !== undefined) ? repairs.flat() : [];
}

function repair(placed: Placed, params: Params): Patch[] | undefined {
  const { input } = placed;
  if (input === undefined || findingsFor(input, params).length === 0) return [];
  if (input.refused !== undefined) return undefined;
  if (Object.keys(placed.selector).length === 0 || input.rules.spread.some(({ topology }) => topology === 'zone'))
    return undefined;
  return findingsFor(withZones(input), params).length === 0 ? patches(placed, input) : undefined;
}

function withZones(input: PlacementInput): PlacementInput {
  const spread = { topology: 'zone', maxSkew: 1, taintsHonored: false } as const;
  return { ...input, rules: { ...input.rules, spread: [...input.rules.spread, spread] } };
}

/** A constraint that is there already is made to see the pods, or binding; else one is added. */
function patches({ soft, strict, list, constraints, selector }: Placed, input: PlacementInput): Patch[] {
  const reason = `nothing keeps the pods of ${input.id} in different zones`;
  if (strict !== undefined) return [{ op: 'set', origin: strict.origin, value: { matchLabels: selector }, reason }];
  if (soft !== undefined) return [{ op: 'set', origin: soft.origin, value: 'DoNotSchedule', reason }];
  const constraint = {
    topologyKey: ZONE,
    maxSkew: 1,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: selector },
  };
  if (constraints === 0) return [{ op: 'set', origin: list.origin, value: [constraint], reason }];
  return [{ op: 'set', origin: below(list.origin, constraints), value: constraint, reason }];
}
