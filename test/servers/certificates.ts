/** A certificate authority for tests, and what it signs: ECDSA P-256, written as PEM files. */
import 'reflect-metadata';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { webcrypto } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { atExit } from './at-exit.ts';

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export interface TestAuthority {
  readonly ca: string;
  readonly folder: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly subject: string;
  /** Signs a new key for the names; `spiffe` becomes a URI, `days` may be negative for one that has expired. */
  issue(
    name: string,
    options?: {
      dns?: readonly string[];
      spiffe?: string | readonly string[];
      days?: number;
      /** Object identifiers; those of TLS servers and clients by default. */
      usages?: string[];
    },
  ): Promise<CertificateFiles>;
}

const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 86_400_000;
const BASIC_CONSTRAINTS = '2.5.29.19';
const SERVER = '1.3.6.1.5.5.7.3.1';
const CLIENT = '1.3.6.1.5.5.7.3.2';

/** With `parent`, an issuing authority below another one; its `ca` file holds itself alone. `restrictions` are extensions beside the usual ones. */
export async function makeAuthority(
  name = 'test CA',
  parent?: TestAuthority,
  restrictions: readonly x509.Extension[] = [],
): Promise<TestAuthority> {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-ca-'));
  chmodSync(folder, 0o755);
  atExit(() => rmSync(folder, { recursive: true, force: true }));
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const root = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: parent?.subject ?? `CN=${name}`,
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + 30 * DAY),
    publicKey: keys.publicKey,
    signingKey: (parent?.keys ?? keys).privateKey,
    signingAlgorithm: KEY,
    extensions: [
      ...(restrictions.some(({ type }) => type === BASIC_CONSTRAINTS)
        ? []
        : [new x509.BasicConstraintsExtension(true, undefined, true)]),
      ...restrictions,
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const ca = join(folder, 'ca.crt');
  writeFileSync(ca, root.toString('pem'));
  let serial = 1;
  return {
    ca,
    folder,
    keys,
    subject: root.subject,
    async issue(subject, { dns = ['localhost'], spiffe, days = 1, usages = [SERVER, CLIENT] } = {}) {
      const own = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: (++serial).toString(16).padStart(4, '0'),
        subject: `CN=${subject}`,
        issuer: root.subject,
        notBefore: new Date(Date.now() + Math.min(0, days) * DAY - DAY),
        notAfter: new Date(Date.now() + days * DAY),
        signingKey: keys.privateKey,
        publicKey: own.publicKey,
        signingAlgorithm: KEY,
        extensions: [
          new x509.SubjectAlternativeNameExtension([
            ...dns.map((value) => ({ type: 'dns' as const, value })),
            { type: 'ip' as const, value: '127.0.0.1' },
            ...[spiffe ?? []].flat().map((value) => ({ type: 'url' as const, value })),
          ]),
          new x509.ExtendedKeyUsageExtension(usages),
          await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      const files = {
        cert: join(folder, `${subject}-${serial}.crt`),
        key: join(folder, `${subject}-${serial}.key`),
        ca,
      };
      writeFileSync(files.cert, certificate.toString('pem'));
      writeFileSync(
        files.key,
        x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', own.privateKey), 'PRIVATE KEY'),
        {
          mode: 0o644,
        },
      );
      return files;
    },
  };
}
