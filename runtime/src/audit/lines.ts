/**
 * A trail without a database: each event as one line, to wherever the process's lines are kept, chained from its first to its last. A chain
 * belongs to one run of one process, which `fields` should name; where lines are collected, a missing one shows.
 *
 * A log redacts what it writes, and an event that is redacted after it was sealed no longer has its hash: the redactor comes first.
 */
import type { Redactor } from '../logging/redact/index.ts';
import { digestOf, GENESIS } from './digest.ts';
import type { AuditEvent, AuditSink, ChainHead, LooseEvent } from './types.ts';

/** `write` is given the event as it is to be kept; it must throw where it cannot be. `redactor` is that of the log it is kept in. */
export function linesAudit(write: (event: AuditEvent) => void, redactor: Pick<Redactor, 'value'>): AuditSink {
  let head: ChainHead = { seq: 0, hash: GENESIS };
  return {
    async append(loose) {
      const safe = redactor.value(loose) as unknown as LooseEvent;
      const unsealed = { ...safe, seq: head.seq + 1, prev: head.hash };
      const event: AuditEvent = { ...unsealed, hash: digestOf(unsealed) };
      write(event);
      head = { seq: event.seq, hash: event.hash };
      return event;
    },
  };
}
