/** Authorities that may not sign what they signed (RFC 5280, 4.2.1.9, 4.2.1.10 and 4.2.1.12): the signatures are right, and every peer refuses. */
import 'reflect-metadata';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAuthority, type TestAuthority } from '../../../test/servers/certificates.ts';
import { CertificateError, openCertificate, type Expected } from './index.ts';

const CLIENT = '1.3.6.1.5.5.7.3.2';
let root: TestAuthority;

beforeAll(async () => {
  root = await makeAuthority('root');
});
afterAll(() => rmSync(root.folder, { recursive: true }));

/** A chain of leaf and issuer below the root. */
async function below(restrictions: readonly x509.Extension[], parent = root) {
  const issuer = await makeAuthority('issuer', parent, restrictions);
  const files = await issuer.issue('api', { dns: ['api.shop.test'] });
  const chain = [files.cert, issuer.ca, ...(parent === root ? [] : [parent.ca])];
  const certFile = join(issuer.folder, 'chain.crt');
  writeFileSync(certFile, chain.map((path) => readFileSync(path, 'utf8')).join('\n'));
  return { certFile, keyFile: files.key, caFile: root.ca };
}

async function open(files: Awaited<ReturnType<typeof below>>, expect: Expected = {}): Promise<void> {
  (await openCertificate({ ...files, expect })).close();
}

/** Names of DNS below one alone: a sequence of permitted subtrees. */
function permitted(name: string): x509.Extension {
  const text = Buffer.from(name);
  const tagged = (tag: number, content: Buffer) => Buffer.concat([Buffer.from([tag, content.length]), content]);
  const subtree = tagged(0x30, tagged(0x82, text));
  return new x509.Extension('2.5.29.30', true, tagged(0x30, tagged(0xa0, subtree)));
}

test('names outside of those that the issuer may sign are refused, others are not', async () => {
  const refused = open(await below([permitted('bank.test')]));
  await expect(refused).rejects.toThrow(CertificateError);
  await expect(refused).rejects.toThrow(/refuse it for serverAuth \(\w+\) and clientAuth/);
  await expect(open(await below([permitted('shop.test')]))).resolves.toBeUndefined();
});

test('an issuer below one that may have none below it is refused', async () => {
  const last = await makeAuthority('last', root, [new x509.BasicConstraintsExtension(true, 0, true)]);
  await expect(open(await below([], last))).rejects.toThrow(/PATH_LENGTH_EXCEEDED/);
});

test('an issuer for callers alone signs no server, where one is expected', async () => {
  const files = await below([new x509.ExtendedKeyUsageExtension([CLIENT])]);
  await expect(open(files, { usages: ['serverAuth'] })).rejects.toThrow(/serverAuth \(INVALID_PURPOSE\)/);
  await expect(open(files, { usages: ['clientAuth'] })).resolves.toBeUndefined();
  await expect(open(files)).resolves.toBeUndefined();
});
