/** What drills that restore make of a repository. */
import type { Repository } from '../../model/drill/backups.ts';

/** When its newest backup was complete, milliseconds since the epoch; NaN where it holds none, or does not say. */
export function completedAt({ ageSeconds }: Repository, now = Date.now()): number {
  return ageSeconds === undefined ? Number.NaN : now - ageSeconds * 1000;
}
