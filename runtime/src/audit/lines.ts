/**
 * A trail without a database: each event as one line, to wherever the process's lines are kept, chained from its first to its last. A chain
 * belongs to one run of one process, which `fields` should name; where lines are collected, a missing one shows.
 *
 * A log redacts what it writes, and an event that is redacted after it was sealed no longer has its hash: the redactor comes first, and as often as it
 * finds anything, for what stands around a secret may look like another once that is gone.
 */
import type { Redactor } from '../logging/redact/index.ts';
import { canonical, digestOf, GENESIS } from './digest.ts';
import type { AuditEvent, AuditSink, ChainHead, LooseEvent } from './types.ts';

/** `write` is given the event as it is to be kept; it must throw where it cannot be. `redactor` is that of the log it is kept in. */
export function linesAudit(write: (event: AuditEvent) => void, redactor: Pick<Redactor, 'value'>): AuditSink {
  let head: ChainHead = { seq: 0, hash: GENESIS };
  return {
    async append(loose) {
      const unsealed = { ...settled(loose, redactor), seq: head.seq + 1, prev: head.hash };
      const event: AuditEvent = { ...unsealed, hash: digestOf(unsealed) };
      write(event);
      head = { seq: event.seq, hash: event.hash };
      return event;
    },
  };
}

/** More than any text has needed. */
const MOST_ROUNDS = 16;

/** The event as the redactor leaves it alone. Throws where it never does: what a log would change has no place in a trail. */
function settled(loose: LooseEvent, redactor: Pick<Redactor, 'value'>): LooseEvent {
  let event: unknown = loose;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next: unknown = redactor.value(event);
    if (canonical(next) === canonical(event)) return next as LooseEvent;
    event = next;
  }
  throw new TypeError('the event does not come to rest under redaction');
}
