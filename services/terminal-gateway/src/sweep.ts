/**
 * Shells that nobody shows here, revoked after they had been opened, or in the name of somebody who was: found in the directory and ended on their nodes. One
 * whose node does not answer is tried again the next time, as long as it may be alive.
 */
import type { Log } from '@launchgate/runtime/logging';
import type { Directory } from './directory.ts';
import type { SessionRecord } from './session-record.ts';

export interface SweepOptions {
  readonly directory: Pick<Directory, 'all'>;
  isRevoked(record: SessionRecord): boolean;
  /** A browser shows it here: it is judged by what that one came with. */
  isShown(session: string): boolean;
  /** Ends a session on its node. False when the node does not know it; rejects when it does not answer, or may not be asked from here. */
  kill(record: SessionRecord, reason: string): Promise<boolean>;
  readonly log: Log;
}

/** False when it has to be done again: Redis or a node did not answer. Never rejects; one call at a time does the work, and once more if it was asked meanwhile. */
export function createSweep({ directory, isRevoked, isShown, kill, log }: SweepOptions): () => Promise<boolean> {
  let running: Promise<boolean> | undefined;
  let again = false;

  /** False when its node did not answer. */
  async function end(record: SessionRecord): Promise<boolean> {
    try {
      if (!(await kill(record, 'revoked'))) return true;
      const fields = { session: record.session, user: record.bearer.sub };
      log.warn(fields, 'a session that nobody looked at is ended: it, its user or token was revoked');
      return true;
    } catch {
      return false;
    }
  }

  async function walk(): Promise<boolean> {
    let unanswered = 0;
    for await (const records of directory.all()) {
      const revoked = records.filter((record) => isRevoked(record) && !isShown(record.session));
      const answers = await Promise.all(revoked.map(end));
      unanswered += answers.filter((answered) => !answered).length;
    }
    if (unanswered > 0)
      log.warn(
        { sessions: unanswered },
        'sessions of revoked users or tokens could not be ended; they are tried again',
      );
    return unanswered === 0;
  }

  async function repeat(): Promise<boolean> {
    let complete: boolean;
    do {
      again = false;
      complete = await walk().catch((error: unknown) => {
        log.warn({ err: error }, 'the sessions could not be read; those of revoked users are looked for again');
        return false;
      });
    } while (again);
    running = undefined;
    return complete;
  }

  return () => {
    again = running !== undefined;
    return (running ??= repeat());
  };
}
