/**
 * The certificate authority of a lab: a root whose key is thrown away once it has signed an intermediate, which signs what the
 * parts use. All keys are ECDSA P-256, as in the reference platform's manifests.
 */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface Generation {
  /** PEM of root and intermediate: what verifies certificates of this generation. */
  readonly bundle: string;
  /** PEM of the intermediate, which follows a leaf. */
  readonly intermediate: string;
  /** PKCS8 PEM of the intermediate's key. */
  readonly key: string;
  /** PEM of the root's list of revoked certificates, which is empty: its key is gone. Servers that read a list want one of each authority. */
  readonly rootList: string;
}

export interface Leaf {
  /** PEM of the certificate and the intermediate. */
  readonly chain: string;
  /** PKCS8 PEM. */
  readonly key: string;
}

export interface LeafNames {
  readonly commonName: string;
  readonly dns: readonly string[];
  readonly ip: readonly string[];
  readonly spiffe: string;
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR = 3_600_000;
/** As `duration: 24h` of the services' certificates in the manifests. */
export const LEAF_HOURS = 24;
/** Clocks of one machine agree; a certificate that is valid a little before it was made spares those that compare whole minutes. */
const BACKDATE = HOUR / 12;
const SERVER_AND_CLIENT = [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth];

/** A new root with its intermediate. Nobody keeps the root's key. */
export async function makeGeneration(name: string): Promise<Generation> {
  const [rootKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=${name} root, O=Launchgate lab`,
    ...validity(30 * 24),
    keys: rootKeys,
    signingAlgorithm: KEY,
    extensions: await authorityExtensions(rootKeys.publicKey, 1),
  });
  const intermediate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${name} intermediate, O=Launchgate lab`,
    issuer: root.subject,
    ...validity(29 * 24),
    signingKey: rootKeys.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: KEY,
    extensions: [
      ...(await authorityExtensions(keys.publicKey, 0)),
      await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  return {
    bundle: `${root.toString('pem')}\n${intermediate.toString('pem')}\n`,
    intermediate: `${intermediate.toString('pem')}\n`,
    key: await pem(keys.privateKey),
    rootList: await listBy(root.subject, rootKeys.privateKey, [], 29 * 24),
  };
}

/** Signs the list of certificates that end before their time, by their serials. `hours` is how long it holds: RFC 5280 5.1.2.5. */
export async function revocationList(by: Generation, serials: readonly string[], hours: number): Promise<string> {
  const key = await signingKeyOf(by);
  return `${await listBy(new x509.X509Certificate(by.intermediate).subject, key, serials, hours)}${by.rootList}`;
}

async function listBy(
  issuer: string,
  signingKey: webcrypto.CryptoKey,
  serials: readonly string[],
  hours: number,
): Promise<string> {
  const { notBefore, notAfter } = validity(hours);
  const list = await x509.X509CrlGenerator.create({
    issuer,
    thisUpdate: notBefore,
    nextUpdate: notAfter,
    signingAlgorithm: KEY,
    signingKey,
    // An entry says why: without any extension it would hold an empty list of them, which X.509 forbids.
    entries: serials.map((serialNumber) => ({
      serialNumber,
      revocationDate: new Date(),
      reason: x509.X509CrlReason.keyCompromise,
    })),
  });
  // The label that OpenSSL looks for (RFC 7468, 6); the library's own is another.
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
}

function signingKeyOf({ key }: Generation): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(key), KEY, false, ['sign']);
}

/** Signs a new key for the names, for server and client alike. `hours` is how long it is valid, from now; below 0, it has ended already. */
export async function issueLeaf(by: Generation, names: LeafNames, hours = LEAF_HOURS): Promise<Leaf> {
  const issuer = new x509.X509Certificate(by.intermediate);
  const [signingKey, keys] = await Promise.all([signingKeyOf(by), newKeys()]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${names.commonName}`,
    issuer: issuer.subject,
    ...validity(hours),
    signingKey,
    publicKey: keys.publicKey,
    signingAlgorithm: KEY,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(SERVER_AND_CLIENT),
      new x509.SubjectAlternativeNameExtension([
        ...names.dns.map((value) => ({ type: 'dns' as const, value })),
        ...names.ip.map((value) => ({ type: 'ip' as const, value })),
        { type: 'url' as const, value: names.spiffe },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
    ],
  });
  return { chain: `${certificate.toString('pem')}\n${by.intermediate}`, key: await pem(keys.privateKey) };
}

/** When the first certificate of a PEM text ends, in milliseconds since 1970. */
export function endsAt(chain: string): number {
  return new x509.X509Certificate(chain.slice(0, chain.indexOf('-----END') + 25)).notAfter.getTime();
}

async function authorityExtensions(key: webcrypto.CryptoKey, pathLength: number): Promise<x509.Extension[]> {
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    await x509.SubjectKeyIdentifierExtension.create(key),
  ];
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function validity(hours: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  const notAfter = now + hours * HOUR;
  return { notBefore: new Date(Math.min(now, notAfter) - BACKDATE), notAfter: new Date(notAfter) };
}

/** 16 random bytes, positive: RFC 5280 4.1.2.2. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}
