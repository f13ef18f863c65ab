import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeAuthority, type CertificateFiles, type TestAuthority } from '../../../test/servers/certificates.ts';
import { CertificateError, openCertificate, type CertificateOptions, type WorkloadCertificate } from './index.ts';
import { namesOf } from '../shared/certificate-names.ts';
import { isSpiffeId, spiffeIdOf } from './spiffe.ts';
import { kubernetesVolume, until, type Volume } from './testing/volume.ts';

const ID = 'spiffe://gpucloud.internal/ns/platform/sa/api';
let authority: TestAuthority;
let other: TestAuthority;
let first: CertificateFiles;
let second: CertificateFiles;
const open: WorkloadCertificate[] = [];
const volumes: Volume[] = [];

beforeAll(async () => {
  [authority, other] = await Promise.all([makeAuthority('one'), makeAuthority('two')]);
  first = await authority.issue('api', { spiffe: ID });
  second = await authority.issue('api', { spiffe: ID });
});
afterEach(() => {
  for (const certificate of open.splice(0)) certificate.close();
  for (const volume of volumes.splice(0)) volume.remove();
});
afterAll(() => {
  for (const { folder } of [authority, other]) rmSync(folder, { recursive: true });
});

function mount(issued: CertificateFiles, ca?: readonly string[]): Volume {
  const volume = kubernetesVolume(issued, ca);
  volumes.push(volume);
  return volume;
}
/** A file with what is made of this one. */
function edited(path: string, edit: (pem: string) => string): string {
  const made = `${path}.edited`;
  writeFileSync(made, edit(readFileSync(path, 'utf8')));
  return made;
}
async function follow(volume: Volume, options: Partial<CertificateOptions> = {}): Promise<WorkloadCertificate> {
  const certificate = await openCertificate({ ...volume.files, debounceMs: 20, ...options });
  open.push(certificate);
  return certificate;
}

describe('a certificate', () => {
  test('is read with its names and dates', async () => {
    const { current, status } = await follow(mount(first), { expect: { spiffeId: ID, dnsNames: ['LOCALHOST'] } });
    expect(current).toMatchObject({ spiffeId: ID, dnsNames: ['localhost'], generation: 1 });
    expect(status).toMatchObject({ expiresAt: current.notAfter, lastReload: { ok: true }, alarms: 0 });
    expect(current.notAfter).toBeGreaterThan(Date.now());
  });

  test.each<[string, () => Promise<CertificateFiles> | CertificateFiles, Partial<CertificateOptions>, RegExp]>([
    ['expired', () => authority.issue('api', { days: -1 }), {}, /expired at/],
    [
      'for signing code',
      () => authority.issue('api', { usages: ['1.3.6.1.5.5.7.3.3'] }),
      {},
      /is for neither serverAuth nor clientAuth/,
    ],
    [
      'that may call and not serve',
      () => authority.issue('api', { usages: ['1.3.6.1.5.5.7.3.2'] }),
      { expect: { usages: ['serverAuth', 'clientAuth'] } },
      /is not for serverAuth/,
    ],
    ['with another key', () => ({ ...first, key: second.key }), {}, /does not belong/],
    ['of another authority', async () => ({ ...first, ca: other.ca }), {}, /does not lead to an authority/],
    ['with two URI names', () => authority.issue('api', { spiffe: [ID, `${ID}2`] }), {}, /one URI name/],
    ['with a URI that is no SPIFFE id', () => authority.issue('api', { spiffe: 'https://api' }), {}, /SPIFFE id/],
    ['of another workload', () => first, { expect: { spiffeId: `${ID}x` } }, /is expected/],
    [
      'without the name that is served',
      () => first,
      { expect: { dnsNames: ['api.platform.svc'] } },
      /lacks the DNS names/,
    ],
    ['without a certificate', () => ({ ...first, cert: first.key }), {}, /needs 1 to/],
    ['without a key', () => ({ ...first, key: first.cert }), {}, /no private key/],
    [
      'with half of an authority',
      () => ({ ...first, ca: edited(first.ca, (pem) => pem + pem.slice(0, 200)) }),
      {},
      /ca\.crt holds .* cut off/,
    ],
    [
      'with an authority that lacks a dash',
      () => ({ ...first, ca: edited(first.ca, (pem) => `${pem}${pem.trim().slice(0, -1)}\n`) }),
      {},
      /ca\.crt holds .* cut off/,
    ],
    [
      'with the beginning of a chain',
      () => ({ ...first, cert: edited(first.cert, (pem) => `${pem}-----BEGIN CERT`) }),
      {},
      /tls\.crt holds .* cut off/,
    ],
    ['without an authority', () => ({ ...first, ca: first.key }), {}, /holds no certificate/],
  ])('%s ends the start', async (kind, make, options, message) => {
    const failing = follow(mount(await make()), options);
    await expect(failing).rejects.toThrow(CertificateError);
    await expect(failing).rejects.toMatchObject({ exitCode: 78, message: expect.stringMatching(message) });
  });

  test('may be for one side alone, where no other is expected', async () => {
    for (const usage of ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
      await expect(follow(mount(await authority.issue('api', { usages: [usage] })))).resolves.toBeDefined();
  });

  test('that is missing ends the start, and is named', async () => {
    await expect(
      openCertificate({ certFile: '/none/tls.crt', keyFile: '/none/tls.key', caFile: '/none/ca.crt' }),
    ).rejects.toThrow(/\/none\/tls\.\w+ cannot be read \(ENOENT\)/);
  });

  test('follows the swap of a Kubernetes volume, again and again', async () => {
    const volume = mount(first);
    const certificate = await follow(volume);
    for (const [at, next] of [second, first, second].entries()) {
      volume.swap(next);
      await until(() => certificate.current.generation === at + 2);
      expect(String(certificate.client().cert).trim()).toBe(readFileSync(next.cert, 'utf8').trim());
    }
  });

  test('follows writes in place and renames, with the key and certificate apart', async () => {
    const volume = mount(first);
    const plain = { certFile: `${volume.folder}/c.pem`, keyFile: `${volume.folder}/k.pem`, caFile: first.ca };
    copyFileSync(first.cert, plain.certFile);
    copyFileSync(first.key, plain.keyFile);
    const certificate = await openCertificate({ ...plain, debounceMs: 20 });
    open.push(certificate);
    copyFileSync(second.key, `${plain.keyFile}.new`);
    renameSync(`${plain.keyFile}.new`, plain.keyFile);
    await until(() => !certificate.status.lastReload.ok);
    expect(certificate.current.generation).toBe(1);
    copyFileSync(second.cert, plain.certFile);
    await until(() => certificate.current.generation === 2);
    expect(certificate.status.lastReload.ok).toBe(true);
  });

  test('that turns bad keeps the old one, and alarms once for each reason', async () => {
    const alarms: CertificateError[] = [];
    const volume = mount(first);
    const certificate = await follow(volume, { expect: { spiffeId: ID }, onAlarm: (error) => alarms.push(error) });
    volume.swap(await authority.issue('api', { spiffe: `${ID}-other` }));
    await until(() => alarms.length === 1);
    expect(await certificate.reload()).toBe(false);
    writeFileSync(`${volume.folder}/touch`, '');
    expect(certificate.status).toMatchObject({
      alarms: 1,
      generation: 1,
      lastReload: { ok: false, because: expect.stringContaining(ID) },
    });
    volume.swap(second);
    await until(() => certificate.current.generation === 2);
    expect(JSON.stringify(alarms.map(({ message }) => message))).not.toContain('PRIVATE');
  });
});

describe('names', () => {
  test.each([
    ['spiffe://gpucloud.internal/ns/platform/sa/api', true],
    ['spiffe://gpucloud.internal', false],
    ['spiffe://gpucloud.internal/', false],
    ['spiffe://gpucloud.internal/a//b', false],
    ['spiffe://gpucloud.internal/a/../b', false],
    ['spiffe://GPU/a', false],
    ['spiffe://gpu:80/a', false],
    ['spiffe://u@gpu/a', false],
    ['spiffe://gpu/a?x', false],
    ['spiffe://gpu/a%2fb', false],
    ['SPIFFE://gpu/a', false],
    [`spiffe://gpu/${'a'.repeat(2048)}`, false],
  ])('%s is a SPIFFE id: %s', (text, expected) => expect(isSpiffeId(text)).toBe(expected));

  test('are not found inside of other names', () => {
    expect(namesOf('DNS:"a, URI:spiffe://gpu/x", URI:spiffe://gpu/y')).toEqual({
      uris: ['spiffe://gpu/y'],
      dnsNames: ['a, uri:spiffe://gpu/x'],
    });
    expect(namesOf('URI:"spiffe://gpu/x, DNS:y"').dnsNames).toEqual([]);
    expect(spiffeIdOf({ uris: ['spiffe://a/b', 'spiffe://a/c'], dnsNames: [] })).toBe('invalid');
    expect(namesOf('URI:spiffe://gpu/x, URI:"a, URI:spiffe://gpu/y, b" c').uris).toEqual(['spiffe://gpu/x']);
    expect(namesOf(undefined)).toEqual({ uris: [], dnsNames: [] });
  });
});
