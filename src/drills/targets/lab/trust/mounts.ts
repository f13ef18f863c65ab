/** New certificates for parts of a running lab. */
import { OPERATOR } from '../../../lab/context.ts';
import type { Part } from '../../../lab/part.ts';
import type { RunningLab } from '../../../lab/restart.ts';
import { ownerFor } from '../../../lab/run/users.ts';
import type { TrustStore } from '../../../lab/trust/store.ts';
import { reload } from './reload.ts';

/** Parts that run and hold a certificate, servers of data first: whoever connects to them trusts what they will show. */
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

/** Gives every part, and the lab as a client, a certificate of the authority of now, with all authorities that are trusted now. */
export async function mountAll(open: RunningLab, trust: TrustStore, signal: AbortSignal): Promise<void> {
  await trust.mountCertificate(open.lab.client.folder, OPERATOR, undefined, { renew: true });
  for (const name of certified(open.parts)) {
    signal.throwIfAborted();
    await mountOne(open, trust, name, signal);
  }
}
