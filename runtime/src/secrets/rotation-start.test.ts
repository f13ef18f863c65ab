/** A value that changes while the first connection is still being opened with the old one: it is followed all the same. */
import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { rotatingNats, rotatingPool, rotatingRedis, type Secret, type SecretSource } from './index.ts';
import { follow, until, write } from './rotation.testkit.ts';

/** Opens with `old`; while that is under way the value becomes `new`. */
async function changedMeanwhile(name: string): Promise<{ secret: SecretSource; opening: () => Promise<void> }> {
  const secret = await follow(name, 'old');
  async function opening(): Promise<void> {
    if (secret.version > 1) return;
    write(name, 'new');
    await until(() => secret.version > 1);
  }
  return { secret, opening };
}

describe('a value that changes while the first one is tried', () => {
  test('PostgreSQL', async () => {
    const { secret, opening } = await changedMeanwhile('START_POOL');
    const create = (value: Secret) =>
      Object.assign(new EventEmitter(), {
        login: value.reveal(),
        query: async () => opening(),
        connect: async () => undefined,
        end: async () => undefined,
        waitingCount: 0,
      });
    const rotating = await rotatingPool({ secret, create });
    await expect.poll(() => rotating.pool.login).toBe('new');
    await rotating.end();
    secret.close();
  });

  test('Redis', async () => {
    const { secret, opening } = await changedMeanwhile('START_REDIS');
    const said: string[] = [];
    const create = (value: Secret) => {
      const client = Object.assign(new EventEmitter(), {
        options: { username: 'app', password: value.reveal() },
        status: 'connecting',
        auth: async (_: string, password: string) => said.push(password),
        ping: async () => 'PONG',
        disconnect: () => undefined,
      });
      async function connecting(): Promise<void> {
        await opening();
        client.status = 'ready';
        client.emit('ready');
      }
      void connecting();
      return client;
    };
    const { client, close } = await rotatingRedis({ secret, create });
    await expect.poll(() => said).toEqual(['new']);
    expect(client.options.password).toBe('new');
    await close();
    secret.close();
  });

  test('NATS', async () => {
    const { secret, opening } = await changedMeanwhile('START_NATS');
    const connect = async (seed: () => Uint8Array) => {
      await opening();
      const end = async () => undefined;
      return { seed: new TextDecoder().decode(seed()), flush: end, drain: end, close: end, isClosed: () => false };
    };
    const rotating = await rotatingNats({ secret, connect, graceMs: 0 });
    await expect.poll(() => rotating.connection.seed).toBe('new');
    await rotating.close();
    secret.close();
  });
});
