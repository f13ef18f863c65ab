import { createHmac, timingSafeEqual } from 'node:crypto';
import { WebhookRejected } from './event.ts';

/** Secrets that are valid now: one, or during a rotation the old and the new. Asked each time, so that they may rotate. */
export type Secrets = () => readonly string[];

/** More signatures than any provider sends; each costs an HMAC for each secret. */
const MOST_SIGNATURES = 16;

export interface SignedContent {
  readonly algorithm: 'sha256' | 'sha512';
  readonly parts: readonly (string | Uint8Array)[];
}

/**
 * Whether one of the signatures was made with one of the secrets. Every pair is compared, each in constant time, so that the time
 * tells neither which secret nor how much of a signature is right.
 * @throws WebhookRejected `no-secret` where there is none to compare with: fail closed.
 */
export function isSigned(
  { algorithm, parts }: SignedContent,
  given: readonly Buffer[],
  secrets: readonly string[],
): boolean {
  const usable = secrets.filter((secret) => secret !== '');
  if (usable.length === 0) throw new WebhookRejected('no-secret', 'no signing secret is configured');
  if (given.length > MOST_SIGNATURES) throw new WebhookRejected('malformed', 'too many signatures');
  let matches = 0;
  for (const secret of usable) {
    const hmac = createHmac(algorithm, secret);
    for (const part of parts) hmac.update(part);
    const expected = hmac.digest();
    for (const signature of given)
      matches += signature.length === expected.length && timingSafeEqual(signature, expected) ? 1 : 0;
  }
  return matches > 0;
}

/** @throws WebhookRejected `payload`. The body is trusted by now: it was signed. */
export function parseBody(body: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Told below, like everything else that is no object.
  }
  throw new WebhookRejected('payload', 'the signed body is no JSON object');
}
