/** The keys that tickets are signed with, followed in their file: a rotation publishes the new one beside the old. */
import { ConfigInvalid } from '@launchgate/runtime/config';
import type { Log } from '@launchgate/runtime/logging';
import type { SecretSource } from '@launchgate/runtime/secrets';
import { readTicketKeys, type TicketKey } from './tickets.ts';

/** @throws ConfigInvalid when there is no usable key to begin with; a bad one later leaves the old in place. */
export function followTicketKeys(source: SecretSource, log: Log): () => readonly TicketKey[] {
  let keys = firstKeys(source);
  source.subscribe((secret) => {
    try {
      keys = readTicketKeys(secret.reveal());
    } catch (error) {
      log.error({ err: error }, 'the new ticket keys cannot be used; the old ones stay');
    }
  });
  return () => keys;
}

function firstKeys({ name, current }: SecretSource): readonly TicketKey[] {
  try {
    return readTicketKeys(current.reveal());
  } catch (cause) {
    throw new ConfigInvalid([`${name}: ${(cause as Error).message}`], { cause });
  }
}
