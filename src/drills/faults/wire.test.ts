/** The proxy as a process, in front of real servers, and its effect as their clients meet it. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { startPostgres } from '../../../test/servers/postgres.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { processInfo, runs } from '../lab/run/proc.ts';
import { connectionsOf } from './connections.ts';
import { meet, missing, SSL_REQUEST, type Opening } from './effect.ts';
import { startProxyProcess, type ProxyProcess } from './proxy/start.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function proxyTo(port: number): Promise<ProxyProcess> {
  const proxy = await startProxyProcess({ host: '127.0.0.1', port }, {});
  cleanups.push(() => proxy.end());
  return proxy;
}

test('Redis over TLS: slow, silent, refused, and as before', async () => {
  const authority = await makeAuthority();
  const files = await authority.issue('localhost');
  const server = await startRedis({ tls: files });
  cleanups.push(() => server.stop());
  const proxy = await proxyTo(server.port);
  const [ca, cert, key] = [files.ca, files.cert, files.key].map((path) => readFileSync(path, 'utf8'));
  const redis = new Redis({
    host: 'localhost',
    port: proxy.port,
    tls: { ca: ca!, cert: cert!, key: key! },
    commandTimeout: 1500,
    retryStrategy: () => 50,
  });
  redis.on('error', () => undefined);
  cleanups.push(() => redis.disconnect());
  const opening: Opening = { kind: 'tls', ca: ca! };
  const ping = async () => {
    const began = performance.now();
    await redis.ping();
    return performance.now() - began;
  };
  await ping();
  await expect(missing({ latencyMs: 2000 }, proxy.port, opening)).resolves.toMatch(/^with 2000 ms of latency/);

  await proxy.set({ latencyMs: 120 });
  expect(await ping()).toBeGreaterThanOrEqual(238);
  expect(await missing({ latencyMs: 120 }, proxy.port, opening)).toBeUndefined();
  expect(await missing({ state: 'refuse' }, proxy.port, opening)).toMatch(
    /^a client that should be refused met an answer/,
  );

  await proxy.set({ state: 'blackhole' });
  expect(await missing({ state: 'blackhole' }, proxy.port, opening)).toBeUndefined();
  await expect(redis.ping()).rejects.toThrow('timed out');

  await proxy.set({ state: 'refuse' });
  expect(await missing({ state: 'refuse' }, proxy.port, opening)).toBeUndefined();

  await proxy.set({});
  await expect.poll(ping, { timeout: 10_000 }).toBeLessThan(1000);
  expect(connectionsOf([process.pid]).filter(({ remotePort }) => remotePort === server.port)).toEqual([]);
  expect((await proxy.traffic()).bytesDown).toBeGreaterThan(0);
});

test('PostgreSQL: a session outlives a black hole, and dies of a reset', async () => {
  const server = await startPostgres();
  cleanups.push(() => server.stop());
  const proxy = await proxyTo(server.port);
  const url = new URL(server.url);
  url.port = String(proxy.port);
  url.hostname = '127.0.0.1';
  const client = new pg.Client({ connectionString: url.href });
  client.on('error', () => undefined);
  await client.connect();
  cleanups.push(() => client.end().catch(() => undefined));
  const opening: Opening = { kind: 'say', bytes: SSL_REQUEST };
  expect(await meet(proxy.port, opening, 5000)).toMatchObject({ kind: 'answer' });

  await proxy.set({ state: 'blackhole' });
  expect(await missing({ state: 'blackhole' }, proxy.port, opening)).toBeUndefined();
  const late = client.query('select 1 as one');
  await sleep(300);
  await proxy.set({});
  expect((await late).rows).toEqual([{ one: 1 }]);

  await proxy.set({ resets: 1, withinMs: 50 });
  await expect
    .poll(() =>
      client.query('select 1').then(
        () => 'answered',
        () => 'failed',
      ),
    )
    .toBe('failed');
});

test('passes everything on when whoever started it is killed, until it is ended', async () => {
  const server = await startRedis();
  cleanups.push(() => server.stop());
  const program = new URL('proxy/start.ts', import.meta.url).href;
  const script = `const { startProxyProcess } = await import(${JSON.stringify(program)});
    const proxy = await startProxyProcess({ host: '127.0.0.1', port: ${server.port} }, {});
    await proxy.set({ state: 'blackhole' });
    console.log(proxy.pid + ' ' + proxy.port);
    setInterval(() => undefined, 1000);`;
  const engine = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await new Promise<Buffer>((resolve) => engine.stdout.once('data', resolve));
  const [pid = 0, port = 0] = said.toString().split(' ').map(Number);
  const id = processInfo(pid)!;
  cleanups.push(() => process.kill(pid, 'SIGKILL'));
  const ping: Opening = { kind: 'say', bytes: Buffer.from('PING\r\n') };
  expect(await meet(port, ping, 300)).toEqual({ kind: 'silence' });
  engine.kill('SIGKILL');
  await expect.poll(() => meet(port, ping, 300), { timeout: 10_000 }).toMatchObject({ kind: 'answer' });
  expect(runs(id)).toBe(true);
});
