import type { At, Origin } from '../../model/origin.ts';
import type { Granted } from './grants.ts';
import { judgeBinding, judgeGrant } from './judge.ts';

/** Stands for a holder whom nobody knows. */
const SOMEBODY = ['somebody'];

/**
 * Why it cannot be told that nobody holds too much: a role or a rule that is not known, or a role that is too much for anybody and holders
 * that nobody can count. `untrusted` leaves out those who may have it.
 */
export function whyUnclear(
  { grants, foreign, unnamed }: Granted,
  untrusted: (holders: readonly string[]) => readonly string[],
): At<string> | undefined {
  const isHeld = ({ holders, open }: { holders: readonly string[]; open?: string }): boolean =>
    open !== undefined || untrusted(holders).length > 0;
  const reasons = [
    ...unnamed
      .filter(isHeld)
      .map(({ binding, origin }) => ({ because: `which role ${binding} binds is not known`, origin })),
    ...grants.filter(isHeld).map(({ unknown, origin }) => ({ because: unknown, origin })),
    ...grants.filter((grant) => judgeGrant(grant, SOMEBODY).length > 0).map(openHolders),
    ...foreign.filter((binding) => judgeBinding(binding, SOMEBODY).length > 0).map(openHolders),
  ];
  return reasons.flatMap(({ because, origin }) => (because === undefined ? [] : [{ value: because, origin }]))[0];
}

function openHolders({ open, origin }: { readonly open?: string; readonly origin: Origin }): {
  because: string | undefined;
  origin: Origin;
} {
  return { because: open, origin };
}
