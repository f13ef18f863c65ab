/** A server and its callers go from one authority to the next under load; each kind of client takes the new certificate. */
import { createServer, request as httpsRequest, type Server } from 'node:https';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Agent, request } from 'undici';
import { WebSocket, WebSocketServer } from 'ws';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import Fastify from 'fastify';
import { makeAuthority, type TestAuthority } from '../../../test/servers/certificates.ts';
import { startPostgres } from '../../../test/servers/postgres.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import {
  certificateAgent,
  certificateDispatcher,
  mayCall,
  openCertificate,
  peerAuthorization,
  peerIdentity,
  rotateServer,
  serverTls,
  type WorkloadCertificate,
} from './index.ts';
import { kubernetesVolume, until, type Volume } from './testing/volume.ts';

const API = 'spiffe://gpucloud.internal/ns/platform/sa/api';
const RELAY = 'spiffe://gpucloud.internal/ns/platform/sa/notification-relay';
let old: TestAuthority;
let next: TestAuthority;

beforeAll(async () => {
  [old, next] = await Promise.all([makeAuthority('old'), makeAuthority('new')]);
});
afterAll(() => {
  for (const { folder } of [old, next]) rmSync(folder, { recursive: true });
});

async function workload(
  spiffe: string,
  authority = old,
): Promise<{ volume: Volume; certificate: WorkloadCertificate; close(): void }> {
  const volume = kubernetesVolume(await authority.issue('workload', { spiffe }));
  const certificate = await openCertificate({ ...volume.files, debounceMs: 20, expect: { spiffeId: spiffe } });
  return { volume, certificate, close: () => (certificate.close(), volume.remove()) };
}
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

describe('rotation', () => {
  test('to another authority loses no request of an open-loop load, and the old authority is refused afterwards', async () => {
    const [serving, calling, left] = [await workload(API), await workload(RELAY), await workload(RELAY)];
    const server = createServer(serverTls(serving.certificate), (incoming, response) => {
      const peer = peerIdentity(incoming.socket);
      response.end(mayCall(peer, [RELAY]) ? peer?.fingerprint : 'refused');
    });
    const undo = rotateServer(server, serving.certificate, { maxConnectionAgeMs: 150 });
    const base = await listen(server);
    const dispatcher = certificateDispatcher(calling.certificate);
    const agent = certificateAgent(calling.certificate);
    const fingerprints = new Set<string>();
    const failures: unknown[] = [];
    const running: Promise<unknown>[] = [];
    const timer = setInterval(() => {
      const viaUndici = request(base, { dispatcher }).then(({ body }) => body.text());
      for (const answer of [viaUndici, viaAgent(base, agent)])
        running.push(
          answer.then(
            (text) => fingerprints.add(text),
            (error: unknown) => failures.push(error),
          ),
        );
    }, 5);
    const enough = async () => {
      const before = running.length;
      await until(() => running.length > before + 60);
    };
    const step = async (ca: readonly string[], issuer: TestAuthority) => {
      for (const [one, id] of [
        [serving, API],
        [calling, RELAY],
      ] as const) {
        const generation = one.certificate.current.generation;
        one.volume.swap(await issuer.issue('workload', { spiffe: id }), ca);
        await until(() => one.certificate.current.generation > generation);
      }
      await enough();
    };
    await enough();
    await step([old.ca, next.ca], old);
    await step([old.ca, next.ca], next);
    await step([next.ca], next);
    clearInterval(timer);
    await Promise.all(running);
    expect(failures).toEqual([]);
    expect(fingerprints.size).toBe(4);
    expect(fingerprints).not.toContain('refused');
    await expect(viaAgent(base, certificateAgent(left.certificate))).rejects.toThrow();
    undo();
    await dispatcher.close();
    agent.destroy();
    server.closeAllConnections();
    server.close();
    for (const one of [serving, calling, left]) one.close();
  });

  test('ends what is left of a connection after its age and the grace, idle or busy', async () => {
    const [serving, calling] = [await workload(API), await workload(RELAY)];
    const server = createServer(serverTls(serving.certificate), (incoming, response) => {
      if (incoming.url !== '/hang') response.end('ok');
    });
    const closed: string[] = [];
    const undo = rotateServer(server, serving.certificate, {
      maxConnectionAgeMs: 50,
      graceMs: 50,
      onClosed: (because) => closed.push(because),
    });
    const base = await listen(server);
    const agent = certificateAgent(calling.certificate);
    await viaAgent(base, agent);
    await until(() => closed.includes('idle'));
    const fresh = certificateAgent(calling.certificate, { keepAlive: false });
    await expect(viaAgent(`${base}/hang`, fresh)).rejects.toThrow();
    expect(closed).toContain('grace');
    const sockets = new WebSocketServer({ server });
    const client = new WebSocket(base.replace('https', 'wss'), { agent: fresh });
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
    client.terminate();
    sockets.close();
    undo();
    agent.destroy();
    server.closeAllConnections();
    server.close();
    for (const one of [serving, calling]) one.close();
  });

  test('ends an old connection at its age, though somebody sets the clock back', async () => {
    const [serving, calling] = [await workload(API), await workload(RELAY)];
    const server = createServer(serverTls(serving.certificate), (_, response) => void response.end('ok'));
    const closed: string[] = [];
    const undo = rotateServer(server, serving.certificate, {
      maxConnectionAgeMs: 200,
      graceMs: 50,
      onClosed: (because) => closed.push(because),
    });
    const agent = certificateAgent(calling.certificate);
    await viaAgent(await listen(server), agent);
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 9 * 3_600_000);
    try {
      await vi.waitFor(() => expect(closed).toEqual(['idle']), { timeout: 5000 });
    } finally {
      clock.mockRestore();
    }
    undo();
    agent.destroy();
    server.closeAllConnections();
    server.close();
    for (const one of [serving, calling]) one.close();
  });

  test('reaches ioredis and pg through one live object', async () => {
    const files = await old.issue('store');
    const [redis, postgres] = await Promise.all([startRedis({ tls: files }), startPostgres({ tls: files })]);
    const calling = await workload(API);
    try {
      const { live } = calling.certificate;
      const client = new Redis(redis.port, 'localhost', { tls: live() });
      const pool = new pg.Pool({
        host: 'localhost',
        port: postgres.port,
        user: 'postgres',
        database: 'postgres',
        ssl: live(),
        max: 1,
        maxUses: 1,
      });
      const serial = async () =>
        (await pool.query('select client_serial::text from pg_stat_ssl where pid = pg_backend_pid()')).rows[0]
          ?.client_serial as string;
      expect(await client.ping()).toBe('PONG');
      const before = await serial();
      calling.volume.swap(await old.issue('workload', { spiffe: API }));
      await until(() => calling.certificate.current.generation === 2);
      expect(Number(before)).toBeGreaterThan(0);
      expect(await serial()).not.toBe(before);
      client.disconnect(true);
      expect(await client.ping()).toBe('PONG');
      client.disconnect();
      await pool.end();
    } finally {
      calling.close();
      await Promise.all([redis.stop(), postgres.stop()]);
    }
  });
});

test('an issuing authority is trusted together with its root, and refused at the start without it', async () => {
  const issuing = await makeAuthority('issuing', old);
  await expect(workload(API, issuing)).rejects.toThrow(/self-signed root/);
  writeFileSync(issuing.ca, readFileSync(issuing.ca, 'utf8') + readFileSync(old.ca, 'utf8'));
  const [serving, calling] = [await workload(API, issuing), await workload(RELAY, issuing)];
  const server = createServer(serverTls(serving.certificate), (incoming, response) => {
    response.end(peerIdentity(incoming.socket)?.spiffeId);
  });
  const base = await listen(server);
  const agent = certificateAgent(calling.certificate);
  expect(await viaAgent(base, agent)).toBe(RELAY);
  agent.destroy();
  server.close();
  for (const one of [serving, calling]) one.close();
  rmSync(issuing.folder, { recursive: true });
});

describe('peers', () => {
  test('are refused unless their exact name is on the list of the route, or of the server', async () => {
    const serving = await workload(API);
    const refused: unknown[] = [];
    const app = Fastify({ https: serverTls(serving.certificate) as object });
    await app.register(peerAuthorization, { onRefused: (refusal: unknown) => refused.push(refusal) });
    app.get('/relay', { config: { peers: [RELAY] } }, async (incoming) => incoming.peer?.spiffeId);
    app.get('/dns', { config: { peers: ['dns:localhost'] } }, async () => 'by name');
    app.get('/nobody', async () => 'never');
    const base = (await app.listen({ port: 0, host: '127.0.0.1' })).replace('127.0.0.1', 'localhost');
    const as = async (path: string, spiffe: string | readonly string[] | undefined, authority = old) => {
      const files = await authority.issue('caller', spiffe === undefined ? {} : { spiffe });
      const agent = new Agent({
        connect: { cert: readFileSync(files.cert), key: readFileSync(files.key), ca: readFileSync(old.ca) },
      });
      const answer = await request(base + path, { dispatcher: agent }).then(async ({ statusCode, body }) => [
        statusCode,
        await body.text(),
      ]);
      await agent.close();
      return answer;
    };
    expect(await as('/relay', RELAY)).toEqual([200, RELAY]);
    expect(await as('/dns', undefined)).toEqual([200, 'by name']);
    for (const [path, spiffe] of [
      ['/relay', API],
      ['/relay', `${RELAY}2`],
      ['/relay', undefined],
      ['/relay', [RELAY, API]],
      ['/dns', RELAY],
      ['/nobody', RELAY],
      ['/unknown', RELAY],
    ] as const)
      expect([path, spiffe, (await as(path, spiffe))[0]]).toEqual([path, spiffe, 403]);
    expect(refused).toHaveLength(7);
    await expect(as('/relay', RELAY, next)).rejects.toThrow();
    const lookalike = await makeAuthority('old');
    await expect(as('/relay', RELAY, lookalike)).rejects.toThrow();
    rmSync(lookalike.folder, { recursive: true });
    await app.close();
    serving.close();
  });
});

function viaAgent(url: string, agent: ReturnType<typeof certificateAgent>): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(url, { agent }, (incoming) => {
      let text = '';
      incoming
        .on('data', (chunk: Buffer) => (text += chunk.toString()))
        .once('end', () => resolve(text))
        .once('error', reject);
    });
    outgoing.once('error', reject).end();
  });
}
