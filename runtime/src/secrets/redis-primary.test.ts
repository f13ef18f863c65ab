import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { movingAddress } from '../../../test/servers/moving-address.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { towardsPrimary } from './index.ts';

test('a client whose primary has become a replica goes where the address leads now', async () => {
  const [old, next] = await Promise.all([startRedis(), startRedis()]);
  onTestFinished(async () => void (await Promise.all([old.stop(), next.stop()])));
  const { port, lead, close } = await movingAddress(old.port);
  onTestFinished(close);
  const client = new Redis({
    host: '127.0.0.1',
    port,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    reconnectOnError: towardsPrimary(),
    lazyConnect: true,
  });
  client.on('error', () => undefined);
  const operator = new Redis({ host: '127.0.0.1', port: old.port });
  operator.on('error', () => undefined);
  onTestFinished(() => (client.disconnect(), operator.disconnect()));
  await client.connect();
  await client.set('a', '1');
  lead(next.port);
  await operator.replicaof('127.0.0.1', next.port);
  await expect(client.set('a', '2')).rejects.toThrow(/READONLY/);
  await expect.poll(() => client.set('a', '3').catch(String), { timeout: 5000 }).toBe('OK');
});

test('where there is a replica alone its connection is left in peace between two tries', () => {
  let time = 0;
  const reconnects = towardsPrimary(() => time);
  const refused = new Error("READONLY You can't write against a read only replica.");
  expect([refused, refused, new Error('WRONGTYPE')].map(reconnects)).toEqual([true, false, false]);
  time = 5_000;
  const ofScript = new Error('ERR Error running script: @user_script:1: -READONLY');
  expect([new Error('NOPERM readonly_key'), ofScript, refused].map(reconnects)).toEqual([false, true, false]);
});
