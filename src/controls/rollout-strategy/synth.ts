import type { Patch, Subject } from '../../model/control.ts';
import type { Params } from './flaw.ts';
import { flawsOf } from './flaws.ts';
import type { Rolled } from './input.ts';

/** Lets rollouts surge, keep history and have a deadline; only where nothing is left that people must decide. */
export function synth(_subject: Subject, rollouts: Rolled[], params: Params): Patch[] {
  const flaws = rollouts.flatMap((rolled) => flawsOf(rolled, params));
  return flaws.every(({ patches }) => patches !== undefined) ? flaws.flatMap(({ patches = [] }) => patches) : [];
}
