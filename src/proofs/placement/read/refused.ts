import type { Cursor } from '../../../model/cursor.ts';
import { podSpec, type Workload } from '../../../model/kube.ts';
import type { Wish } from '../types.ts';

/** The first constraint that the API server refuses: `validateTopologySpreadConstraints` of kubernetes pkg/apis/core/validation. */
export function refusedRule(workload: Workload): Wish | undefined {
  const seen = new Set<string>();
  for (const at of podSpec(workload).get('topologySpreadConstraints').items()) {
    const key = at.get('topologyKey').string() ?? '';
    const action = at.get('whenUnsatisfiable').string() ?? '';
    const text =
      mistake(at, key, action) ??
      (seen.has(`${key} ${action}`) ? `two constraints have topologyKey ${key} and ${action}` : undefined);
    if (text !== undefined) return { text, origin: at.origin };
    seen.add(`${key} ${action}`);
  }
  return undefined;
}

function mistake(at: Cursor, key: string, action: string): string | undefined {
  const maxSkew = at.get('maxSkew').integer() ?? 0;
  const minDomains = at.get('minDomains').integer();
  if (maxSkew < 1) return `maxSkew of the constraint over ${key} must be above 0`;
  if (key === '') return 'a topology spread constraint has no topologyKey';
  if (action !== 'DoNotSchedule' && action !== 'ScheduleAnyway')
    return `whenUnsatisfiable of the constraint over ${key} is neither DoNotSchedule nor ScheduleAnyway`;
  if (minDomains !== undefined && minDomains < 1) return `minDomains of the constraint over ${key} must be above 0`;
  if (minDomains !== undefined && action !== 'DoNotSchedule')
    return `minDomains of the constraint over ${key} goes with DoNotSchedule alone`;
  const ownKeys = at.get('matchLabelKeys').items().length > 0;
  return ownKeys && !at.get('labelSelector').exists
    ? `matchLabelKeys of the constraint over ${key} goes with a labelSelector alone`
    : undefined;
}
