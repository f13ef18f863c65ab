import { createHash, timingSafeEqual } from 'node:crypto';

export interface BreakGlass<Request> {
  /** SHA-256 in hex of each secret that counts: two while one is being rotated. The secrets have at least 128 random bits and live offline. */
  readonly sha256: readonly string[];
  /** Default `x-break-glass`. */
  readonly header?: string;
  /** Called for every use: it must page somebody and leave an audit event. */
  used(request: Request): void;
}

const LONGEST = 256;

/** Makes the comparison; throws on a configured digest that is none. Its time depends on the number of digests only. */
export function breakGlassCheck(digests: readonly string[]): (presented: unknown) => boolean {
  const accepted = digests.map((digest) => {
    if (!/^[0-9a-f]{64}$/i.test(digest)) throw new Error('a break-glass digest is 64 hex digits of SHA-256');
    return Buffer.from(digest, 'hex');
  });
  return (presented) => {
    if (typeof presented !== 'string' || presented === '' || presented.length > LONGEST) return false;
    const digest = createHash('sha256').update(presented).digest();
    let matches = false;
    for (const one of accepted) if (timingSafeEqual(one, digest)) matches = true;
    return matches;
  };
}
