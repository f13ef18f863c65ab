/** A key pair with its chain and the authorities it trusts, read from files and validated as a whole before anybody uses it. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { namesOf } from '../shared/certificate-names.ts';
import { pemBlocks } from '../shared/pem.ts';
import { refusals } from './handshake.ts';
import { spiffeIdOf } from './spiffe.ts';

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Old and new authority together while one follows the other. */
  readonly caFile: string;
}

export type Usage = 'serverAuth' | 'clientAuth';

export interface Expected {
  /** The SPIFFE id that the certificate must carry. */
  readonly spiffeId?: string;
  /** DNS names that it must carry, all of them. */
  readonly dnsNames?: readonly string[];
  /** What it must be good for, to serve, to call, or both. One of them by default. */
  readonly usages?: readonly Usage[];
}

export interface CertificateBundle {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly spiffeId: string | undefined;
  readonly dnsNames: readonly string[];
  /** Milliseconds since the epoch; `notAfter` is the earliest of the chain. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the leaf. */
  readonly fingerprint: string;
  /** Counts up with each bundle that was taken over. */
  readonly generation: number;
}

/** What is wrong, where, and how to mend it. At start it ends the service with exit code 78; later the old bundle stays. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly code = 'CERTIFICATE';
  readonly exitCode = 78;
}

const MAX_FILE = 1_048_576;
const MAX_CHAIN = 10;

/** Rejects with `CertificateError`. A key never appears in its message. */
export async function readBundle(
  files: CertificateFiles,
  expected: Expected,
  now: number,
): Promise<Omit<CertificateBundle, 'generation'>> {
  const [cert, key, ca] = await Promise.all([text(files.certFile), text(files.keyFile), text(files.caFile)]);
  const chain = certificates(files.certFile, cert);
  const authorities = certificates(files.caFile, ca);
  const [leaf] = chain;
  if (leaf === undefined || chain.length > MAX_CHAIN)
    throw new CertificateError(`${files.certFile} needs 1 to ${MAX_CHAIN} certificates, not ${chain.length}`);
  if (authorities.length === 0)
    throw new CertificateError(`${files.caFile} holds no certificate; it must name the authorities to trust`);
  matchKey(files, leaf, key);
  for (const one of chain) inDate(files.certFile, one, now);
  verifyChain(files, chain, authorities, now);
  const names = namesOf(leaf.subjectAltName);
  const spiffeId = spiffeIdOf(names);
  demandNames(files.certFile, expected, spiffeId, names.dnsNames);
  demandUsages(files.certFile, expected, leaf);
  // Printed anew: files that were joined without a newline between them are read here, and by OpenSSL not.
  const pem = { cert: printed(chain), key, ca: printed(authorities) };
  loadable(files, pem);
  await demandAcceptance(files, expected, pem);
  return {
    ...pem,
    spiffeId,
    dnsNames: names.dnsNames,
    notBefore: Math.max(...chain.map((one) => one.validFromDate.getTime())),
    notAfter: Math.min(...chain.map((one) => one.validToDate.getTime())),
    fingerprint: leaf.fingerprint256,
  };
}

async function text(path: string): Promise<string> {
  const content = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CertificateError(`${path} cannot be read (${cause.code ?? cause.message})`);
  });
  if (content.length > MAX_FILE)
    throw new CertificateError(`${path} has ${content.length} bytes; at most ${MAX_FILE} are read`);
  return content.toString('utf8');
}

function certificates(path: string, pem: string): X509Certificate[] {
  const blocks = pemBlocks(pem, 'CERTIFICATE');
  if (blocks === undefined)
    throw new CertificateError(
      `${path} holds a certificate that is cut off, damaged or no plain CERTIFICATE; write the file as a whole, and rename it into place`,
    );
  try {
    return blocks.map((one) => new X509Certificate(one));
  } catch {
    throw new CertificateError(`${path} holds something that is no certificate; PEM is expected`);
  }
}

function printed(certificates: readonly X509Certificate[]): string {
  return certificates.map(String).join('');
}

function matchKey({ certFile, keyFile }: CertificateFiles, leaf: X509Certificate, pem: string): void {
  let matches = false;
  try {
    matches = leaf.checkPrivateKey(createPrivateKey(pem));
  } catch {
    throw new CertificateError(`${keyFile} holds no private key that can be read; PEM without passphrase is expected`);
  }
  if (!matches)
    throw new CertificateError(
      `the key in ${keyFile} does not belong to the first certificate in ${certFile}; write both, or swap the folder`,
    );
}

function inDate(path: string, one: X509Certificate, now: number): void {
  if (one.validToDate.getTime() <= now)
    throw new CertificateError(`${path}: ${subject(one)} expired at ${one.validToDate.toISOString()}`);
  if (one.validFromDate.getTime() > now)
    throw new CertificateError(`${path}: ${subject(one)} is valid only from ${one.validFromDate.toISOString()}`);
}

/**
 * Each certificate is signed by the next, and the last one that leads there by an authority. Authorities must lead to a self-signed one
 * in their file: Node's servers trust nothing else (`allowPartialTrustChain` is for clients only), and would refuse every caller.
 */
function verifyChain(
  files: CertificateFiles,
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  now: number,
): void {
  const usable = authorities.filter(
    (one) => one.ca && one.validToDate.getTime() > now && one.validFromDate.getTime() <= now,
  );
  const roots = usable.filter((one) => signs(one, one));
  for (const [at, one] of chain.entries()) {
    if (reaches(one, usable, roots)) return;
    const next = chain[at + 1];
    if (next === undefined || !next.ca || !signs(next, one)) break;
  }
  throw new CertificateError(
    `the chain in ${files.certFile} does not lead to an authority in ${files.caFile} that is in date, and from there to a self-signed root in it; during a change of authority the file needs both roots`,
  );
}

/** Whether authorities alone lead from the certificate to a root. */
function reaches(
  from: X509Certificate,
  usable: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  depth = 0,
): boolean {
  if (depth > MAX_CHAIN) return false;
  if (roots.some((root) => signs(root, from))) return true;
  return usable.some((one) => !signs(one, one) && signs(one, from) && reaches(one, usable, roots, depth + 1));
}

function signs(issuer: X509Certificate, one: X509Certificate): boolean {
  return one.checkIssued(issuer) && one.verify(issuer.publicKey);
}

function demandNames(
  path: string,
  expected: Expected,
  spiffeId: string | undefined,
  dnsNames: readonly string[],
): void {
  if (spiffeId === 'invalid')
    throw new CertificateError(`${path} must carry one URI name at most, and that a SPIFFE id`);
  if (expected.spiffeId !== undefined && expected.spiffeId !== spiffeId)
    throw new CertificateError(`${path} is for ${spiffeId ?? 'no SPIFFE id'}; ${expected.spiffeId} is expected`);
  const missing = (expected.dnsNames ?? []).filter((name) => !dnsNames.includes(name.toLowerCase()));
  if (missing.length > 0) throw new CertificateError(`${path} lacks the DNS names ${missing.join(', ')}`);
}

/** Extended key usages of TLS (RFC 5280, 4.2.1.12). */
const USAGES: Readonly<Record<Usage, string>> = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' };

const ALL_USAGES: readonly Usage[] = ['serverAuth', 'clientAuth'];

/** A certificate that says what it is for is taken for nothing else: by whoever it is shown to, and not before. */
function demandUsages(path: string, { usages = [] }: Expected, leaf: X509Certificate): void {
  // Node's name for the extended ones; undefined where the certificate says nothing.
  const said = leaf.keyUsage as readonly string[] | undefined;
  if (said === undefined) return;
  if (!said.some((one) => Object.values(USAGES).includes(one)))
    throw new CertificateError(`${path} is for neither serverAuth nor clientAuth, and no peer would take it`);
  const missing = usages.filter((usage) => !said.includes(USAGES[usage]));
  if (missing.length > 0) throw new CertificateError(`${path} is not for ${missing.join(' and ')}`);
}

/** What OpenSSL itself would refuse (weak keys, say) is noticed here and not by the next connection. */
function loadable(files: CertificateFiles, bundle: { cert: string; key: string; ca: string }): void {
  try {
    createSecureContext(bundle);
  } catch (cause) {
    throw new CertificateError(
      `${files.certFile}: TLS refuses it (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    );
  }
}

/** A restriction of an authority's, on names, depth or use, is noticed here and not by every peer. */
async function demandAcceptance(
  files: CertificateFiles,
  { usages = [] }: Expected,
  pem: { cert: string; key: string; ca: string },
): Promise<void> {
  const refused = await refusals(pem).catch((cause: unknown) => {
    throw new CertificateError(`${files.certFile}: there is no TLS handshake with it`, { cause });
  });
  const taken = ALL_USAGES.filter((usage) => refused[usage] === undefined);
  const missing = (usages.length > 0 ? usages : ALL_USAGES).filter((usage) => !taken.includes(usage));
  if (missing.length === 0 || (usages.length === 0 && taken.length > 0)) return;
  throw new CertificateError(
    `${files.certFile}: peers that trust ${files.caFile} refuse it for ${missing.map((usage) => `${usage} (${refused[usage]})`).join(' and ')}; look at what its authorities are restricted to`,
  );
}

function subject(one: X509Certificate): string {
  return JSON.stringify(one.subject.replaceAll('\n', ', '));
}
