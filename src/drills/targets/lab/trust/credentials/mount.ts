/** Secrets of a running part, mounted anew as a kubelet does it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownerFor } from '../../../../lab/run/users.ts';
import { mountFiles } from '../../../../lab/trust/mount.ts';
import type { Workplace } from './types.ts';

const POLL_MS = 100;

/** `value` for the secret of that name, or what the lab's trust keeps; all others stay as they are, since several rotate at a time. */
export function mountSecret({ open, trust }: Workplace, parts: readonly string[], name: string, value?: string): void {
  for (const part of open.parts) {
    if (!parts.includes(part.name) || part.secrets?.includes(name) !== true) continue;
    const folder = join(open.lab.folder(part.name), 'secrets');
    const contentOf = (one: string) =>
      one === name ? (value ?? trust.secret(name)) : readFileSync(join(folder, one), 'utf8');
    const files = part.secrets.map((one) => [one, { content: contentOf(one), mode: 0o600 }] as const);
    mountFiles(folder, new Map(files), ownerFor(part.user));
  }
}

/** Replicas of a service that hold the secret. */
export function holdersOf({ open: { lab, parts } }: Workplace, service: string, secret: string): string[] {
  const replicas = lab.replicas(service);
  return parts
    .filter(({ name, secrets }) => replicas.includes(name) && secrets?.includes(secret))
    .map(({ name }) => name);
}

/** Of the parts those that have this value mounted already: to them it is no news. */
export function holdersWith({ open }: Workplace, parts: readonly string[], name: string, value: string): string[] {
  return parts.filter((part) => readFileSync(join(open.lab.folder(part), 'secrets', name), 'utf8') === value);
}

/**
 * False when it does not hold by then, or cannot be asked. Whoever settles goes on in any case: the old version ends for those who are late, and
 * what cannot answer yet may need another credential first.
 */
export async function waitUntil(holds: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(POLL_MS))
    if (await holds().catch(() => false)) return true;
  return holds().catch(() => false);
}
