import { isTracked } from '../adapters/git/work-tree.ts';
import { LaunchgateError } from '../model/errors.ts';
import { parseInstant } from '../model/instant.ts';

/** A file that is offered as evidence, and what the caller says of its age. */
interface Offered {
  readonly file: string;
  readonly finishedAt?: string;
  readonly now: Date;
}

/** Word for {@link Offered.finishedAt}: the time of the file. */
const OF_FILE = 'file';
/** What a clock may be ahead. */
const SKEW_MS = 5 * 60_000;

/** When what a file holds was made. */
interface Finish {
  readonly at: string;
  /** Neither the file nor the caller says; so it is when the file was written. */
  readonly isOfFile: boolean;
}

/**
 * By its own word, else by the caller's, else by the time of the file; but that of a file that git has checked out is the time of the checkout, and
 * would make any evidence fresh. An old report is not made fresh by being offered as a new one either.
 */
export async function finishOf(request: Offered, said: string | undefined, modified: Date): Promise<Finish> {
  const { file, finishedAt, now } = request;
  const told = callersWord(request);
  if (told !== undefined && said !== undefined && Date.parse(told) > Date.parse(said))
    throw new LaunchgateError('usage', `${file} says that it was made at ${said}, before ${finishedAt}`, {
      next: 'Leave --finished-at out, or offer the report of a newer run.',
    });
  const word = told ?? said;
  if (word === undefined && finishedAt !== OF_FILE && (await isTracked(file)))
    throw new LaunchgateError(
      'usage',
      `${file} does not say when it was made, and git wrote it here when it was checked out`,
      {
        next: 'Name the time with --finished-at, or "--finished-at file" where the tool has just written it.',
      },
    );
  const at = word ?? modified.toISOString();
  if (Date.parse(at) <= now.getTime() + SKEW_MS) return { at, isOfFile: word === undefined && finishedAt !== OF_FILE };
  throw new LaunchgateError('usage', `${file} was made at ${at} by its own word, and that is still to come`, {
    next: 'Where the tool writes the time of another zone without naming it, name the true one with --finished-at.',
  });
}

/** The caller's word for when the tool finished, as RFC 3339 in UTC. A day alone, or the future, is no time at which anything finished. */
export function callersWord({ finishedAt, now }: Offered): string | undefined {
  if (finishedAt === undefined || finishedAt === OF_FILE) return undefined;
  const next = 'Write it as 2026-03-01T12:00:00Z.';
  const instant = parseInstant(finishedAt);
  if (instant === undefined) throw new LaunchgateError('usage', `${finishedAt} is not a time with its zone`, { next });
  if (instant > now) throw new LaunchgateError('usage', `${finishedAt} lies in the future`, { next });
  return instant.toISOString();
}

/** No zone is farther from UTC. */
const FARTHEST_ZONE_MS = 14 * 3_600_000;

/**
 * The latest that a report can have been made: when its file was written, and by its own word no later than a zone allows that it may not name. The
 * file of a copy is newer than what it holds.
 */
export function latest(said: string | undefined, modified: Date): Date {
  if (said === undefined) return modified;
  const own = Date.parse(said);
  return new Date(Math.max(own, Math.min(modified.getTime(), own + FARTHEST_ZONE_MS)));
}
