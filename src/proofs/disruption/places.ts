import { below, type Origin } from '../../model/origin.ts';
import type { Budget } from './types.ts';

/** Where a budget states its bound; its specification where it states none. `undefined` when it has no place itself. */
export function boundPlace({ origin, minAvailable, maxUnavailable }: Budget): Origin | undefined {
  if (origin === undefined) return undefined;
  if (minAvailable !== undefined) return below(origin, 'spec', 'minAvailable');
  return maxUnavailable === undefined ? below(origin, 'spec') : below(origin, 'spec', 'maxUnavailable');
}

/** Where a budget says which pods it counts. */
export function selectorPlace({ origin }: Budget): Origin | undefined {
  return origin === undefined ? undefined : below(origin, 'spec', 'selector');
}
