/** The keys that tickets are signed with, followed in their file: a rotation publishes the new one beside the old. */
import type { Log } from '@launchgate/runtime/logging';
import { readSecret } from './config.ts';
import { readTicketKeys, type TicketKey } from './tickets.ts';

/** Between two looks at the file, milliseconds. */
const LOOK = 5000;

/** @throws Error when there is no usable key to begin with; a bad one later leaves the old in place. */
export function followTicketKeys(
  value: string | undefined,
  file: string | undefined,
  log: Log,
): () => readonly TicketKey[] {
  let text = readSecret(value, file) ?? '';
  let keys = readTicketKeys(text);
  let lookedAt = performance.now();
  return () => {
    if (file === undefined || performance.now() - lookedAt < LOOK) return keys;
    lookedAt = performance.now();
    try {
      const now = readSecret(value, file) ?? '';
      if (now !== text) [keys, text] = [readTicketKeys(now), now];
    } catch (error) {
      log.error({ err: error, file }, 'the ticket keys cannot be read; the old ones stay');
    }
    return keys;
  };
}
