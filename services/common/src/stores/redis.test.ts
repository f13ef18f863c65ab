import { openSecret } from '@launchgate/runtime/secrets';
import { expect, onTestFinished, test } from 'vitest';
import { movingAddress } from '../../../../test/servers/moving-address.ts';
import { startRedis } from '../../../../test/servers/redis.ts';
import { openRedis } from './redis.ts';

test('a primary that goes without a word is left for the one that the address leads to now', async () => {
  const acl = ['user default off', 'user relay on >a-password ~* &* +@all'];
  const [gone, next] = await Promise.all([startRedis({ acl }), startRedis({ acl })]);
  const { port, lead, close } = await movingAddress(gone.port);
  const secret = await openSecret('REDIS_PASSWORD', { env: { REDIS_PASSWORD: 'a-password' } });
  onTestFinished(async () => {
    close();
    secret.close();
    gone.signal('SIGCONT');
    await Promise.all([gone.stop(), next.stop()]);
  });
  const variables = { REDIS_ADDR: { host: '127.0.0.1', port }, REDIS_USER: 'relay', REDIS_TLS: false };
  const context = { service: 'relay', certificate: {} as never, secret, onAlarm: () => undefined };
  const redis = await openRedis(variables, context, { deadlineMs: 500, mayAskInfo: false });
  onTestFinished(() => redis.client.disconnect());
  await redis.client.set('a', '1');
  gone.signal('SIGSTOP');
  lead(next.port);
  await expect(redis.client.set('a', '2')).rejects.toThrow(/timed out/);
  const set = () => redis.client.set('a', '3').catch(String);
  await expect.poll(set, { timeout: 25_000, interval: 500 }).toBe('OK');
}, 60_000);
