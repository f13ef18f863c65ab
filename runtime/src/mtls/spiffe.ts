/** SPIFFE ids in certificates (SPIFFE-ID and X509-SVID specifications). */
import type { CertificateNames } from '../shared/certificate-names.ts';

const LONGEST_ID = 2048;
const TRUST_DOMAIN = /^[a-z0-9._-]{1,255}$/;
const SEGMENT = /^[a-zA-Z0-9._-]+$/;

/** The id, if the text is a workload's SPIFFE id: `spiffe://`, trust domain, and a path without empty or dot segments. */
export function isSpiffeId(text: string): boolean {
  if (text.length > LONGEST_ID || !text.startsWith('spiffe://')) return false;
  const [domain = '', ...path] = text.slice('spiffe://'.length).split('/');
  if (!TRUST_DOMAIN.test(domain) || path.length === 0) return false;
  return path.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..');
}

/** X509-SVID section 2: exactly one URI name. More than one, or one that is no SPIFFE id, makes the whole certificate unusable as an identity. */
export function spiffeIdOf({ uris }: CertificateNames): string | undefined | 'invalid' {
  if (uris.length === 0) return undefined;
  const [only = ''] = uris;
  return uris.length === 1 && isSpiffeId(only) ? only : 'invalid';
}
