/** Passwords and seeds rotated under open-loop load on real servers: nothing fails, and the old one is refused afterwards. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { startPostgres } from '../../../test/servers/postgres.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { loginOf, rotatingPool, rotatingRedis, type Secret, type SecretError } from './index.ts';
import { follow, load, until, write } from './rotation.testkit.ts';

describe('rotation', () => {
  test('PostgreSQL: from one login role to the other, with SET ROLE', async () => {
    const server = await startPostgres();
    const admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    for (const sql of [
      'create role app nologin',
      `create role app_a login password 'first' in role app`,
      `create role app_b login password 'second' in role app`,
    ])
      await admin.query(sql);
    for (const role of ['app_a', 'app_b']) await admin.query(`alter role ${role} set role = 'app'`);
    writeFileSync(
      join(server.folder, 'data', 'pg_hba.conf'),
      'host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n',
    );
    await admin.query('select pg_reload_conf()');
    const secret = await follow('DATABASE_PASSWORD', '{"username":"app_a","password":"first"}');
    const alarms: SecretError[] = [];
    const versions: number[] = [];
    const create = (value: Secret) =>
      new pg.Pool({ host: '127.0.0.1', port: server.port, database: 'postgres', max: 3, ...loginOf(value, 'app') });
    const pool = await rotatingPool({
      secret,
      create,
      retryMs: 50,
      onRotated: (version) => versions.push(version),
      onAlarm: (error) => alarms.push(error),
    });
    try {
      const users = new Set<string>();
      const traffic = load(async () => {
        const { rows } = await pool.query<{ who: string }>(
          'select session_user || $1 || current_user as who from pg_sleep(0.01)',
          ['/'],
        );
        users.add(rows[0]?.who ?? 'nobody');
      });
      await traffic.enough();
      write('DATABASE_PASSWORD', '{"username":"app_b","password":"wrong"}');
      await until(() => alarms.length === 1);
      await traffic.enough();
      expect([...users]).toEqual(['app_a/app']);
      write('DATABASE_PASSWORD', '{"username":"app_b","password":"second"}');
      await until(() => versions.length === 1);
      await until(
        async () => (await admin.query(`select 1 from pg_stat_activity where usename = 'app_a'`)).rowCount === 0,
      );
      await admin.query(`alter role app_a password 'third'`);
      await traffic.enough();
      expect(await traffic.stop()).toEqual([]);
      expect([...users]).toEqual(['app_a/app', 'app_b/app']);
      await expect(
        new pg.Client({
          host: '127.0.0.1',
          port: server.port,
          database: 'postgres',
          user: 'app_a',
          password: 'first',
        }).connect(),
      ).rejects.toThrow('password authentication failed');
      expect(`${alarms[0]?.stack} ${JSON.stringify(alarms)}`).not.toMatch(/first|second|"wrong"/);
    } finally {
      await pool.end();
      secret.close();
      await admin.end();
      await server.stop();
    }
  });

  test('PostgreSQL: a connection that dies in use fails who uses it, and nobody else', async () => {
    const server = await startPostgres();
    const secret = await follow('LOST_PASSWORD', 'one');
    const pool = await rotatingPool({ secret, create: () => new pg.Pool({ connectionString: server.url, max: 2 }) });
    try {
      const client = await pool.connect();
      await client.query('begin');
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      // The news comes between two queries, when nobody waits for an answer.
      await sleep(100);
      await expect(client.query('select 1')).rejects.toThrow(/not queryable|terminated|closed/);
      client.release(true);
      await expect(pool.query('select 1')).resolves.toMatchObject({ rowCount: 1 });
    } finally {
      await pool.end();
      secret.close();
      await server.stop();
    }
  });

  test('PostgreSQL: a server that was away when the password changed is asked again', async () => {
    const server = await startPostgres();
    const secret = await follow('RETRY_PASSWORD', 'one');
    let reachable = true;
    const create = () => new pg.Pool({ connectionString: server.url, max: 1 });
    const probe = async () => {
      if (!reachable) throw new Error('away');
    };
    const alarms: SecretError[] = [];
    const versions: number[] = [];
    const pool = await rotatingPool({
      secret,
      create,
      probe,
      retryMs: 20,
      onRotated: (version) => versions.push(version),
      onAlarm: (error) => alarms.push(error),
    });
    reachable = false;
    write('RETRY_PASSWORD', 'two');
    await until(() => alarms.length === 1);
    reachable = true;
    await until(() => versions.length === 1);
    expect(alarms).toHaveLength(1);
    await pool.end();
    secret.close();
    await server.stop();
  });

  test('Redis: two passwords overlap; commands and subscriptions go on', async () => {
    const hash = (text: string) => `#${createHash('sha256').update(text).digest('hex')}`;
    const server = await startRedis({
      acl: ['user default off', `user admin on nopass ~* &* +@all`, `user app on ${hash('first')} ~* &* +@all`],
    });
    const admin = new Redis(server.port, '127.0.0.1', { username: 'admin', password: 'x' });
    const secret = await follow('REDIS_PASSWORD', 'first');
    const alarms: SecretError[] = [];
    const versions: number[] = [];
    const create = (value: Secret) =>
      new Redis(server.port, '127.0.0.1', { username: 'app', password: value.reveal(), retryStrategy: () => 20 });
    const hooks = {
      secret,
      create,
      onRotated: (version: number) => versions.push(version),
      onAlarm: (error: SecretError) => alarms.push(error),
    };
    const [commands, subscriber] = [await rotatingRedis(hooks), await rotatingRedis(hooks)];
    try {
      const heard: string[] = [];
      await subscriber.client.subscribe('news');
      subscriber.client.on('message', (_: string, text: string) => heard.push(text));
      const { client } = commands;
      const traffic = load(() => client.incr('counter'));
      await traffic.enough();
      write('REDIS_PASSWORD', 'wrong');
      await until(() => alarms.length === 2);
      await admin.call('ACL', 'SETUSER', 'app', '>second');
      write('REDIS_PASSWORD', 'second');
      await until(() => versions.length === 2);
      await admin.call('ACL', 'SETUSER', 'app', '<first');
      await traffic.enough();
      expect(await traffic.stop()).toEqual([]);
      await admin.call('CLIENT', 'KILL', 'USER', 'app');
      expect(await client.ping()).toBe('PONG');
      await until(async () => (await admin.publish('news', 'after')) === 1);
      await until(() => heard.includes('after'));
      const refused = new Redis(server.port, '127.0.0.1', { username: 'app', password: 'first', retryStrategy: null });
      await expect(new Promise((_, reject) => refused.once('error', reject))).rejects.toThrow('WRONGPASS');
    } finally {
      for (const one of [commands, subscriber]) {
        await one.close();
        one.client.disconnect();
      }
      secret.close();
      admin.disconnect();
      await server.stop();
    }
  });
});
