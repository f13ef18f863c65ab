/** New certificates for parts of a running lab. */
import { OPERATOR } from '../../../lab/context.ts';
import type { Part } from '../../../lab/part.ts';
import type { RunningLab } from '../../../lab/restart.ts';
import { ownerFor } from '../../../lab/run/users.ts';
import type { TrustStore } from '../../../lab/trust/store.ts';
import { isRestarted, reload } from './reload.ts';

/** Parts that run and hold a certificate. */
export function certified(parts: readonly Part[]): string[] {
  return parts.filter(({ identity, once }) => identity !== undefined && once !== true).map(({ name }) => name);
}

/** Milliseconds to make and mount it. */
export async function mountOne(
  open: RunningLab,
  trust: TrustStore,
  name: string,
  signal: AbortSignal,
  hours?: number,
): Promise<number> {
  const part = open.parts.find((one) => one.name === name);
  if (part?.identity === undefined) throw new RangeError(`${name} holds no certificate`);
  const began = performance.now();
  const options = { renew: true, ...(hours === undefined ? {} : { hours }) };
  await trust.mountCertificate(open.lab.tls(name).folder, part.identity, ownerFor(part.user), options);
  const issueMs = performance.now() - began;
  await reload(open, name, signal);
  return issueMs;
}

/**
 * Gives every part, and the lab as a client, a certificate of the authority of now, with all authorities that are trusted now. In any order:
 * each step of a change of the authority holds with parts that are still at the one before.
 */
export async function mountAll(open: RunningLab, trust: TrustStore, signal: AbortSignal): Promise<void> {
  await trust.mountCertificate(open.lab.client.folder, OPERATOR, undefined, { renew: true });
  const { restarted = [], told = [] } = Object.groupBy(certified(open.parts), (name) =>
    isRestarted(name) ? 'restarted' : 'told',
  );
  await Promise.all([...told.map((name) => mountOne(open, trust, name, signal)), oneByOne(restarted)]);

  /** The lab is changed by one command at a time. */
  async function oneByOne(names: readonly string[]): Promise<void> {
    for (const name of names) {
      signal.throwIfAborted();
      await mountOne(open, trust, name, signal);
    }
  }
}
