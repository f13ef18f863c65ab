/** Seeds of NATS rotated under open-loop load on a real server, and consumers that follow. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { createUser } from '@nats-io/nkeys';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { startNats } from '../../../test/servers/nats.ts';
import { rotatingNats, type SecretError } from './index.ts';
import { follow, load, until, write } from './rotation.testkit.ts';

describe('rotation', () => {
  test('NATS: a consumer that cannot move keeps neither the others nor the old connection', async () => {
    const secret = await follow('MOVED_SEED', 'one');
    const made: { closed: boolean }[] = [];
    const connectionOf = () => {
      const connection = {
        closed: false,
        flush: async () => undefined,
        drain: async () => void (connection.closed = true),
        close: async () => void (connection.closed = true),
        isClosed: () => connection.closed,
      };
      made.push(connection);
      return connection;
    };
    const nats = await rotatingNats({ secret, connect: async () => connectionOf(), graceMs: 20, retryMs: 20 });
    const moved = Promise.withResolvers<unknown>();
    nats.subscribe(() => {
      throw new Error('it has not subscribed yet');
    });
    nats.subscribe(moved.resolve);
    write('MOVED_SEED', 'two');
    expect(await moved.promise).toBe(made[1]);
    await until(() => made[0]?.closed === true);
    await nats.close();
    secret.close();
    expect(made.map(({ closed }) => closed)).toEqual([true, true]);
  });

  test('NATS: two nkeys overlap; publishes are acknowledged throughout, consumers move', async () => {
    const [one, two] = [createUser(), createUser()];
    const seed = (user: typeof one) => new TextDecoder().decode(user.getSeed());
    const users = (keys: readonly (typeof one)[]) =>
      `authorization { users: [ ${keys.map((key) => `{ nkey: ${key.getPublicKey()} }`).join(', ')} ] }`;
    const server = await startNats({ config: users([one]) });
    const config = join(server.folder, 'nats.conf');
    const authorize = (from: readonly (typeof one)[], to: readonly (typeof one)[]) => {
      writeFileSync(config, readFileSync(config, 'utf8').replace(users(from), users(to)));
      server.signal('SIGHUP');
    };
    const secret = await follow('NATS_NKEY_SEED', seed(one));
    const alarms: SecretError[] = [];
    const versions: number[] = [];
    const connectAs = (read: () => Uint8Array) =>
      connect({ servers: server.url, authenticator: nkeyAuthenticator(read), maxReconnectAttempts: 3 });
    const nats = await rotatingNats({
      secret,
      connect: connectAs,
      graceMs: 300,
      retryMs: 50,
      onRotated: (version) => versions.push(version),
      onAlarm: (error) => alarms.push(error),
    });
    try {
      await (await jetstreamManager(nats.connection)).streams.add({ name: 'usage', subjects: ['usage.>'] });
      const heard = new Set<string>();
      const consume = (connection: typeof nats.connection) =>
        connection.subscribe('usage.>', { callback: (_, message) => void heard.add(message.string()) });
      consume(nats.connection);
      nats.subscribe(consume);
      let sent = 0;
      const old = nats.connection;
      const traffic = load(() => jetstream(nats.connection).publish('usage.recorded', String(sent++)));
      await traffic.enough();
      write('NATS_NKEY_SEED', seed(two));
      await until(() => alarms.length === 1);
      authorize([one], [one, two]);
      await until(() => versions.length === 1);
      await traffic.enough();
      await until(() => old.isClosed());
      authorize([one, two], [two]);
      await traffic.enough();
      expect(await traffic.stop()).toEqual([]);
      await until(() => heard.size === sent);
      await expect(connectAs(() => one.getSeed())).rejects.toThrow(/authorization/i);
    } finally {
      await nats.close();
      secret.close();
      await server.stop();
    }
  });
});
