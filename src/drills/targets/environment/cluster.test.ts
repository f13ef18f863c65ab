/** Access to the cluster that an environment is, and to no other. The clusters are servers of this test that answer as the API does. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { makeAuthority } from '../../../../test/servers/certificates.ts';
import { CannotTell } from '../../../model/drill/drill.ts';
import { specSchema } from '../../../model/spec.ts';
import type { Use } from '../../target.ts';
import { measureIdentities } from './identity.ts';
import { environmentTarget } from './index.ts';
import { kubeCall } from './kubernetes.ts';
import { readSettings } from './settings.ts';

interface Server {
  readonly port: number;
  /** All but the questions for its identity. */
  readonly sent: string[];
}

const KUBE_SYSTEM = '/api/v1/namespaces/kube-system';
const folder = mkdtempSync(join(tmpdir(), 'launchgate-cluster-'));
const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
let authority: Awaited<ReturnType<typeof makeAuthority>>;
let own: Server;
let other: Server;

beforeAll(async () => {
  authority = await makeAuthority();
  [own, other] = await Promise.all([serve('own'), serve('other')]);
});
beforeEach(() => {
  own.sent.length = 0;
  other.sent.length = 0;
});
afterAll(async () => {
  for (const end of ends) await end();
});

async function serve(uid: string): Promise<Server> {
  const { cert, key } = await authority.issue(uid, { dns: ['localhost'] });
  const sent: string[] = [];
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
    const { method, url = '' } = request;
    const may = request.headers.authorization !== 'Bearer nobody';
    if (!url.endsWith(KUBE_SYSTEM)) sent.push(`${method} ${url}`);
    response.writeHead(may ? 200 : 403, { 'content-type': 'application/json' });
    response.end(JSON.stringify(may ? { metadata: { uid }, spec: { replicas: 3 } } : { message: 'forbidden' }));
  }).listen(0, 'localhost');
  ends.push(() => server.close());
  await new Promise((listening) => server.once('listening', listening));
  return { port: (server.address() as AddressInfo).port, sent };
}

/** A kubeconfig of both clusters; `current` is the context it begins with. */
function kubeconfig(name: string, current: string): string {
  const file = join(folder, name);
  const cluster = ({ port }: Server) => ({
    server: `https://localhost:${port}`,
    'certificate-authority': authority.ca,
  });
  const context = (of: string, user = 'drills') => ({ cluster: of, user });
  writeFileSync(
    file,
    stringify({
      'current-context': current,
      contexts: [
        { name: 'own', context: context('own') },
        { name: 'other', context: context('other') },
        { name: 'nobody', context: context('own', 'nobody') },
      ],
      clusters: [
        { name: 'own', cluster: cluster(own) },
        { name: 'other', cluster: cluster(other) },
      ],
      users: [
        { name: 'drills', user: { token: 'drills' } },
        { name: 'nobody', user: { token: 'nobody' } },
      ],
    }),
  );
  return file;
}

const spec = specSchema.parse({
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [{ name: 'staging', kind: 'staging' }],
});
const use: Use = {
  signal: new AbortController().signal,
  undo: { before: () => Promise.reject(new Error('nothing is to be undone here')) },
  run: '0',
  scratch: folder,
};

/** The environment as it is opened: recognised by the cluster that its kubeconfig leads to. */
async function open(identity: object = { kubernetes: { kubeconfig: kubeconfig('settings', 'own') } }) {
  const file = join(folder, 'staging.yaml');
  writeFileSync(file, stringify({ identity }), { mode: 0o600 });
  const settings = readSettings('staging', file, {});
  const [measured = ''] = await measureIdentities(settings);
  return environmentTarget('staging', measured, spec, settings);
}

describe('the cluster of an environment', () => {
  test('is called by the access that it was recognised by', async () => {
    const { cluster } = (await open()).capabilities(use);
    expect(await cluster.call('PATCH', '/apis/x', { patch: {} })).toMatchObject({ spec: { replicas: 3 } });
    expect(own.sent).toEqual(['PATCH /apis/x']);
  });

  test('is called by another access that leads there, too', async () => {
    const { cluster } = (await open()).capabilities(use);
    await cluster.call('GET', '/apis/a', { way: { context: 'own' } });
    await cluster.call('GET', '/apis/b', { way: { kubeconfig: kubeconfig('another', 'own') } });
    expect(own.sent).toEqual(['GET /apis/a', 'GET /apis/b']);
  });

  test.each([
    ['a context', () => ({ context: 'other' })],
    ['a kubeconfig', () => ({ kubeconfig: kubeconfig('another', 'other') })],
  ])('is never taken from %s that leads to another one', async (_, way) => {
    const { cluster } = (await open()).capabilities(use);
    const called = cluster.call('DELETE', '/apis/x', { way: way() });
    await expect(called).rejects.toBeInstanceOf(CannotTell);
    await expect(called).rejects.toThrow('leads to kubernetes:other, but the target is kubernetes:own');
    await expect(cluster.demand(way())).rejects.toThrow('nothing was sent');
    expect([...own.sent, ...other.sent]).toEqual([]);
  });

  test('is not another one because the context was switched meanwhile', async () => {
    const target = await open();
    kubeconfig('settings', 'other');
    await expect(target.capabilities(use).cluster.call('DELETE', '/apis/x')).rejects.toThrow('kubernetes:other');
    expect(other.sent).toEqual([]);
  });

  test.each([
    ['may not say where it leads', () => ({ context: 'nobody' }), 'forbidden'],
    ['is not there', () => ({ kubeconfig: join(folder, 'gone') }), 'there is no kubeconfig'],
  ])('cannot be told by an access that %s', async (_, way, message) => {
    const { cluster } = (await open()).capabilities(use);
    await expect(cluster.call('DELETE', '/apis/x', { way: way() })).rejects.toBeInstanceOf(CannotTell);
    await expect(cluster.call('DELETE', '/apis/x', { way: way() })).rejects.toThrow(message);
    expect(own.sent).toEqual([]);
  });

  test('is not offered by one that was recognised in another way', async () => {
    const target = await open({ account: { command: ['echo', '1'] } });
    expect(target.offers.has('cluster')).toBe(false);
    expect(() => target.capabilities(use).cluster).toThrow('staging does not offer "cluster"');
  });
});

describe('the address of a call', () => {
  const call = (server: string, path: string) =>
    kubeCall({ server, ca: readFileSync(authority.ca, 'utf8'), token: 'drills' }, 'GET', path, use.signal);

  test('stays with the server, whatever the path looks like', async () => {
    await call(`https://localhost:${own.port}`, `//localhost:${other.port}/apis/x`);
    await call(`https://localhost:${own.port}/`, `/\\localhost:${other.port}/apis/x`);
    expect(own.sent).toHaveLength(2);
    expect(other.sent).toEqual([]);
  });

  test('begins with the path of the server, and does not lead out of it', async () => {
    const server = `https://localhost:${own.port}/k8s/clusters/c-1`;
    await call(server, '/apis/x');
    expect(own.sent).toEqual(['GET /k8s/clusters/c-1/apis/x']);
    await expect(async () => call(server, '/../c-2/apis/x')).rejects.toThrow('leads out of');
    await expect(async () => call(server, '/%2e%2e/c-2/apis/x')).rejects.toThrow('leads out of');
  });
});
