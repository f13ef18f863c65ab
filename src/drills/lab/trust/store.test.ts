import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { createServer, connect, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTrust, type TrustStore } from './store.ts';

const API = { name: 'api', namespace: 'platform', dns: ['api.platform.svc'] };
let folder: string;
let trust: TrustStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'launchgate-trust-'));
  trust = await openTrust(folder, '192.0.2.1');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a certificate names its workload in every way that peers ask for, and lives for a day', async () => {
  const mount = join(folder, 'api');
  await trust.mountCertificate(mount, API, undefined);
  const certificate = new X509Certificate(readFileSync(join(mount, 'tls.crt')));
  expect(certificate.subjectAltName).toBe(
    'DNS:localhost, DNS:api.platform.svc, IP Address:127.0.0.1, IP Address:192.0.2.1, URI:spiffe://gpucloud.internal/ns/platform/sa/api',
  );
  expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  const hours = (certificate.validToDate.getTime() - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(23);
  expect(hours).toBeLessThanOrEqual(24);
  expect(statSync(join(mount, 'tls.key')).mode & 0o777).toBe(0o600);
});

test('a mount is renewed by one swap, and kept while it is good', async () => {
  const mount = join(folder, 'renewed');
  await trust.mountCertificate(mount, API, undefined);
  const before = [readlinkSync(join(mount, '..data')), readFileSync(join(mount, 'tls.crt'), 'utf8')];
  await trust.mountCertificate(mount, API, undefined);
  expect(readlinkSync(join(mount, '..data'))).toBe(before[0]);
  await trust.mountCertificate(mount, API, undefined, { renew: true });
  expect(readlinkSync(join(mount, '..data'))).not.toBe(before[0]);
  expect(readFileSync(join(mount, 'tls.crt'), 'utf8')).not.toBe(before[1]);
  expect(readlinkSync(join(mount, 'tls.crt'))).toBe('..data/tls.crt');
});

test('peers of the old and the new authority understand each other while it is rotated, and not after', async () => {
  const [old, next, after] = [join(folder, 'old'), join(folder, 'next'), join(folder, 'after')];
  await trust.mountCertificate(old, API, undefined);
  await trust.beginRotation();
  await expect(trust.beginRotation()).rejects.toThrow(/rotated already/);
  await trust.mountCertificate(next, API, undefined);
  expect(await shakeHands(old, next)).toBe('server refuses client');
  // Mounted again, the old side trusts both.
  await trust.mountCertificate(old, API, undefined, { renew: true });
  expect(await shakeHands(old, next)).toBe('both trust');
  trust.endRotation();
  await trust.mountCertificate(after, API, undefined);
  expect(readFileSync(join(after, 'ca.crt'), 'utf8').match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(await shakeHands(after, next)).toBe('both trust');
});

test('secrets are made once, each in the form its name asks for', async () => {
  expect(trust.secret('redis-api')).toBe(trust.secret('redis-api'));
  expect(trust.secret('redis-api')).toMatch(/^[\w-]{32}$/);
  expect(trust.secret('nats-api-nkey')).toMatch(/^SU[A-Z2-7]{56}$/);
  expect(trust.secret('ticket-ed25519')).toContain('BEGIN PRIVATE KEY');
  expect((await openTrust(folder, '192.0.2.1')).secret('redis-api')).toBe(trust.secret('redis-api'));
  expect(statSync(join(folder, 'trust/secrets/redis-api')).mode & 0o777).toBe(0o600);
  expect(() => trust.secret('../state.json')).toThrow(/cannot be the name/);
});

async function shakeHands(server: string, client: string): Promise<string> {
  const files = (mount: string) => ({
    cert: readFileSync(join(mount, 'tls.crt')),
    key: readFileSync(join(mount, 'tls.key')),
    ca: readFileSync(join(mount, 'ca.crt')),
  });
  const listening = createServer({ ...files(server), requestCert: true, rejectUnauthorized: false });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<TLSSocket>((resolve) => listening.once('secureConnection', resolve));
  const { port } = listening.address() as AddressInfo;
  const socket = connect({ ...files(client), host: '127.0.0.1', port, servername: 'api.platform.svc' });
  try {
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    return (await accepted).authorized ? 'both trust' : 'server refuses client';
  } catch {
    return 'client refuses server';
  } finally {
    socket.destroy();
    listening.close();
  }
}
