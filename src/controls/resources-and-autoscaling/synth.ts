import type { Patch, Subject } from '../../model/control.ts';
import { serviceFlaws } from './check.ts';
import type { Capacity, Params } from './types.ts';

/**
 * Leaves replicas to the autoscaler and writes memory in the unit that was meant. How much a container needs has to be
 * measured, so a service that lacks requests stays with people.
 */
export function synth(_subject: Subject, input: Capacity, params: Params): Patch[] {
  if (input.about === 'environment') return [];
  const flaws = serviceFlaws(input, params);
  return flaws.every(({ patches }) => patches !== undefined) ? flaws.flatMap(({ patches = [] }) => patches) : [];
}
