import type { GateInput } from '../gate/input.ts';
import { LaunchgateError } from '../model/errors.ts';

/** Throws `refused` where a person would sign for files that no commit holds, and says why none does. */
export function demandCommit({ candidate, unpinned }: Pick<GateInput, 'candidate' | 'unpinned'>, act: string): void {
  if (candidate.pinned) return;
  const why = unpinned === undefined ? '' : ` (${unpinned.because})`;
  throw new LaunchgateError('refused', `the candidate is unpinned${why}, and nobody can ${act} what is not a commit`, {
    next: unpinned?.next ?? 'Commit the work tree.',
  });
}
