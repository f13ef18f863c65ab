/** Redis from a real server, over TLS, into a real copy. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../../../test/need.ts';
import { makeAuthority } from '../../../../test/servers/certificates.ts';
import { startRedis, type RedisServer } from '../../../../test/servers/redis.ts';
import { makeScratch, scratchOf } from '../../run/scratch.ts';
import { takeBack } from '../../undo/kinds.ts';
import type { Undo } from '../../undo/types.ts';
import { connectRedis, type RedisAddress } from './connect.ts';
import { redisBackups } from './index.ts';

describe.skipIf(!needs('redis-server'))('a snapshot', () => {
  const scratch = scratchOf(randomBytes(6).toString('hex'));
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-redis-'));
  let server: RedisServer;
  let address: RedisAddress;

  beforeAll(async () => {
    makeScratch(scratch);
    const authority = await makeAuthority();
    const tls = await authority.issue('redis', { dns: ['localhost'] });
    // Otherwise it waits five seconds for other replicas.
    const config = ['repl-diskless-sync-delay 0'];
    server = await startRedis({ tls, config, acl: ['user default off', 'user drill on >secret ~* &* +@all'] });
    const read = (path: string) => readFileSync(path, 'utf8');
    address = {
      host: 'localhost',
      port: server.port,
      user: 'drill',
      password: 'secret',
      tls: { ca: read(tls.ca), cert: read(tls.cert), key: read(tls.key) },
    };
  });
  afterAll(async () => {
    await server.stop();
    for (const path of [folder, scratch]) rmSync(path, { recursive: true, force: true });
  });

  test('comes back with keys that have expired since, and takes a write', { timeout: 120_000 }, async () => {
    const before = (undo: Undo) => Promise.resolve({ now: () => takeBack(undo) });
    const backups = redisBackups({
      store: 'realtime',
      user: 'redis',
      use: { signal: AbortSignal.timeout(60_000), undo: { before }, run: 'r', scratch },
      backups: { folder: join(folder, 'repository'), owner: undefined, secret: 'sealing' },
      folder,
      backup: address,
      writer: address,
    });
    const { call, close } = await connectRedis(address);
    await call('SET', 'stays', 1);
    // They live for longer than a backup takes on this machine, and no longer than need be.
    const began = Date.now();
    await backups.take('rdb');
    const lives = 1000 + 3 * (Date.now() - began);
    for (const key of ['a', 'b']) await call('SET', key, 1, 'PX', lives);
    const was = await backups.census();
    await backups.take('rdb');
    await sleep(lives);
    const restored = await backups.restore('rdb', undefined);
    expect(was).toEqual({ db0: { rows: 3 } });
    expect(await restored.contents()).toEqual(was);
    expect(await restored.faults()).toEqual([]);
    await restored.remove();
    close();
  });
});
