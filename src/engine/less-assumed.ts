import type { PlatformFacts } from '../model/platform.ts';
import type { Conclusion, RunResult } from './run.ts';

/**
 * Where nothing was found that would run, and nobody says what should, the environment is one that was only assumed. That nothing can be told of it is
 * said once: its controls found nothing to judge.
 */
export function lessAssumed(run: RunResult, facts: PlatformFacts): RunResult {
  const { provisional, deployables, objects, terraform, gaps } = facts;
  if (!provisional || [deployables, objects, terraform, gaps].some(({ length }) => length > 0)) return run;
  const conclusions = run.conclusions.filter(({ result }) => result.outcome !== 'inconclusive');
  const idsOf = (all: readonly Conclusion[]): string[] => [...new Set(all.map(({ control }) => control.meta.id))];
  const told = new Set(idsOf(conclusions));
  const untold = idsOf(run.conclusions).filter((id) => !told.has(id));
  return { ...run, conclusions, withoutSubject: [...run.withoutSubject, ...untold].sort() };
}
