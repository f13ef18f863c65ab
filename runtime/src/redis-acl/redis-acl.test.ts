import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import {
  parseRedisAclPolicy,
  passwordDigest,
  RedisAclError,
  renderAclFile,
  verifyAcl,
  type RedisAclPolicy,
} from './index.ts';
import { matrix } from './matrix.ts';

const policy: RedisAclPolicy = {
  users: [
    { name: 'notification-relay', passwords: [passwordDigest('relay')], publish: ['notify.user.*'] },
    {
      name: 'api',
      passwords: [passwordDigest('api'), passwordDigest('api-next')],
      keys: [{ pattern: 'ticket:*' }, { pattern: 'session:*', access: 'read' }],
      subscribe: ['notify.user.*'],
      commands: ['@read', '@write', '@transaction', 'client|setname'],
    },
    {
      name: 'terminal-gateway',
      passwords: [passwordDigest('gateway')],
      keys: [{ pattern: 'ticket:*' }],
      commands: ['getdel', 'set'],
    },
    {
      name: 'bridge',
      passwords: [passwordDigest('bridge')],
      publish: ['out.?'],
      subscribe: ['in.one', 'in.*'],
      commands: ['eval'],
    },
  ],
};
const VERIFIER = `user verifier on nopass resetchannels -@all +acl +config|get +auth +hello +info +ping`;
const PASSWORDS: Readonly<Record<string, string>> = {
  'notification-relay': 'relay',
  api: 'api-next',
  'terminal-gateway': 'gateway',
  bridge: 'bridge',
};
let server: RedisServer;
let verifier: Redis;

beforeAll(async () => {
  server = await startRedis({ acl: [...renderAclFile(policy).trim().split('\n'), VERIFIER] });
  verifier = new Redis(server.port, '127.0.0.1', { username: 'verifier', password: 'x' });
});
afterAll(async () => {
  verifier.disconnect();
  await server.stop();
});

async function as<T>(username: string, work: (client: Redis) => Promise<T>, options: object = {}): Promise<T> {
  const client = new Redis(server.port, '127.0.0.1', {
    username,
    password: PASSWORDS[username] ?? 'x',
    retryStrategy: null,
    ...options,
  });
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'allowed',
    (error: Error) =>
      error.message.startsWith('NOPERM') || /no permission|can't (access|publish)/i.test(error.message)
        ? 'refused'
        : error.message,
  );

describe('channel segregation', () => {
  test('a server that was given the file holds', async () => {
    const report = await verifyAcl(verifier, policy, { alsoPresent: ['verifier'] });
    expect(report.differences).toEqual([]);
    expect(report.holds).toBe(true);
    expect(report.asked).toBeGreaterThan(400);
  });

  test.each([2, 3] as const)(
    'every cell is answered by the server itself as the policy says, in RESP%i',
    async (protocol) => {
      const cells = matrix(policy).filter(({ user, command }) => user !== 'default' && command[0] !== 'EVAL');
      for (const { user, command, allowed } of cells) {
        const [name = '', ...args] = command;
        const answer = await as(user, (client) => outcome(client.call(name.toLowerCase(), ...args)), { protocol });
        expect([user, ...command, answer]).toEqual([user, ...command, allowed ? 'allowed' : 'refused']);
      }
    },
  );

  test('scripts and transactions are no way around', async () => {
    const publish = (channel: string) => `return redis.call('PUBLISH', '${channel}', 'x')`;
    expect(await as('bridge', (client) => outcome(client.eval(publish('out.1'), 0)))).toBe('allowed');
    expect(await as('bridge', (client) => outcome(client.eval(publish('notify.user.1'), 0)))).toBe('refused');
    expect(await as('bridge', (client) => outcome(client.eval(publish('in.1'), 0)))).toBe('refused');
    expect(await as('api', (client) => outcome(client.eval(publish('notify.user.1'), 0)))).toBe('refused');
    const inside = await as(
      'api',
      async (client) =>
        await client
          .multi()
          .get('ticket:1')
          .publish('notify.user.1', 'x')
          .exec()
          .catch((error: Error) => error),
    );
    expect(inside).toBeInstanceOf(Error);
  });

  test('keys, dangerous commands and the default user', async () => {
    expect(await as('api', (client) => outcome(client.set('ticket:1', 'x')))).toBe('allowed');
    expect(await as('api', (client) => outcome(client.set('session:1', 'x')))).toBe('refused');
    expect(await as('api', (client) => outcome(client.get('session:1')))).toBe('allowed');
    expect(await as('api', (client) => outcome(client.get('other')))).toBe('refused');
    expect(await as('terminal-gateway', (client) => outcome(client.getdel('ticket:1')))).toBe('allowed');
    for (const command of ['FLUSHALL', 'KEYS', 'CONFIG', 'ACL', 'SHUTDOWN'])
      expect([
        command,
        await as('api', (client) =>
          outcome(client.call(command, ...({ KEYS: ['*'], CONFIG: ['GET', '*'], ACL: ['LIST'] }[command] ?? []))),
        ),
      ]).toEqual([command, 'refused']);
    const nobody = new Redis(server.port, '127.0.0.1', { retryStrategy: null, maxRetriesPerRequest: 0 });
    await expect(new Promise((_, reject) => nobody.once('error', reject))).rejects.toThrow('NOAUTH');
    nobody.disconnect();
  });

  test('the file holds no password, and both of two overlapping ones work', async () => {
    expect(renderAclFile(policy)).not.toMatch(/>|nopass|api-next/);
    for (const password of ['api', 'api-next'])
      expect(await as('api', (client) => client.ping(), { password })).toBe('PONG');
  });
});

describe('the verifier', () => {
  /** Each weakens a server of its own in one way; the verifier must name it. */
  test.each<[string, string, RegExp]>([
    ['a subscriber that may publish', 'ACL SETUSER api +publish', /api.*PUBLISH notify\.user\.\*.*refused/],
    ['all channels', 'ACL SETUSER api allchannels', /api.*channels/],
    ['a broader pattern', 'ACL SETUSER api &notify.*', /api.*PSUBSCRIBE|api.*channels/],
    ['sharded channels', 'ACL SETUSER notification-relay +spublish', /notification-relay.*SPUBLISH/],
    [
      'a selector that grants on',
      'ACL SETUSER terminal-gateway (+publish &notify.user.*)',
      /terminal-gateway.*PUBLISH.*refused/,
    ],
    ['scripts', 'ACL SETUSER notification-relay +eval', /notification-relay.*EVAL.*refused/],
    ['the default user on', 'ACL SETUSER default on nopass +@all allchannels', /default.*flags.*off/],
    ['a password more', 'ACL SETUSER api >extra', /api.*passwords/],
    ['no password', 'ACL SETUSER api nopass', /api.*nopass/],
    ['all keys', 'ACL SETUSER api allkeys', /api.*keys/],
    ['payloads of RESTORE that nobody checks', 'ACL SETUSER api skip-sanitize-payload', /api.*flags.*skip-sanitize/],
    ['a command with one argument', 'ACL SETUSER api +select|0', /^api commands {2}\+select\|0$/],
    ['a stranger', 'ACL SETUSER intruder on >x +publish &*', /intruder.*present/],
    ['a user less', 'ACL DELUSER bridge', /bridge.*absent/],
    ['a user that is off', 'ACL SETUSER bridge off', /bridge.*flags.*off/],
    ['the open default of new users', 'CONFIG SET acl-pubsub-default allchannels', /acl-pubsub-default.*resetchannels/],
  ])('names %s', async (_, command, expected) => {
    const own = await startRedis({
      acl: [...renderAclFile(policy).trim().split('\n'), VERIFIER.replace('-@all', '+@all')],
    });
    const client = new Redis(own.port, '127.0.0.1', { username: 'verifier', password: 'x' });
    try {
      const [name = '', ...args] = splitRule(command);
      await client.call(name.toLowerCase(), ...args);
      const { holds, differences } = await verifyAcl(client, policy, { alsoPresent: [] }).catch((error: unknown) =>
        Promise.reject(error),
      );
      const rows = differences
        .filter(({ user }) => user !== 'verifier')
        .map((row) => `${row.user} ${row.what} ${row.expected} ${row.found}`);
      expect(holds).toBe(false);
      expect(
        rows.some((row) => expected.test(row)),
        rows.join('\n'),
      ).toBe(true);
    } finally {
      client.disconnect();
      await own.stop();
    }
  });

  test('a server holds whose users hear all channels, run scripts by a category, or have the same rights', async () => {
    const wide: RedisAclPolicy = {
      users: [
        { name: 'audit', passwords: [passwordDigest('a')], subscribe: ['*'] },
        { name: 'hub', passwords: [passwordDigest('h')], publish: ['news.?'], subscribe: ['*'] },
        { name: 'caster', passwords: [passwordDigest('c')], publish: ['*'], subscribe: ['news.*'] },
        { name: 'one', passwords: [passwordDigest('s')], publish: ['news.*', 'news.a'], commands: ['@slow'] },
        { name: 'two', passwords: [passwordDigest('s')], publish: ['news.*', 'news.a'], commands: ['@slow'] },
      ],
    };
    const own = await startRedis({ acl: [...renderAclFile(wide).trim().split('\n'), VERIFIER] });
    const client = new Redis(own.port, '127.0.0.1', { username: 'verifier', password: 'x' });
    try {
      const { differences } = await verifyAcl(client, wide, { alsoPresent: ['verifier'] });
      expect(differences).toEqual([]);
    } finally {
      client.disconnect();
      await own.stop();
    }
  });

  test('never passes what it could not ask', async () => {
    await as('api', async (client) => await expect(verifyAcl(client, policy)).rejects.toThrow(RedisAclError));
    await expect(verifyAcl({ call: async () => null }, policy)).rejects.toThrow(RedisAclError);
  });
});

test('what transactions have written is there after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-acl-'));
  const config = ['appendonly yes', 'appendfsync always', `dir ${folder}`];
  const acl = [...renderAclFile(policy).trim().split('\n'), VERIFIER];
  const asApi = async <T>({ port }: RedisServer, work: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(port, '127.0.0.1', { username: 'api', password: 'api-next' });
    return work(client).finally(() => client.disconnect());
  };
  try {
    const before = await startRedis({ acl, config });
    await asApi(before, (client) => client.multi().set('ticket:1', 'a').set('ticket:2', 'b').exec());
    await before.stop();
    const after = await startRedis({ acl, config });
    expect(await asApi(after, (client) => client.mget('ticket:1', 'ticket:2'))).toEqual(['a', 'b']);
    await after.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('a policy', () => {
  const user = { name: 'a', passwords: [passwordDigest('x')] };
  test.each<[unknown]>([
    [null],
    [{}],
    [{ users: [] }],
    [{ users: [{}] }],
    [{ users: [{ ...user, name: 'default' }] }],
    [{ users: [{ ...user, name: 'a b' }] }],
    [{ users: [{ ...user, name: 'a\nuser b on nopass' }] }],
    [{ users: [{ ...user, passwords: [] }] }],
    [{ users: [{ ...user, passwords: ['plain'] }] }],
    [{ users: [{ ...user, passwords: [{ sha256: 'ABC' }] }] }],
    [{ users: [{ ...user, publish: ['a b'] }] }],
    [{ users: [{ ...user, publish: ['a) +@all ('] }] }],
    [{ users: [{ ...user, subscribe: 'x' }] }],
    [{ users: [{ ...user, keys: ['x'] }] }],
    [{ users: [{ ...user, commands: ['@all'] }] }],
    [{ users: [{ ...user, commands: ['publish'] }] }],
    [{ users: [{ ...user, commands: ['+get'] }] }],
    [{ users: [{ ...user, commands: ['get ~*'] }] }],
    [{ users: [user, user] }],
    [{ users: [{ ...user, passwords: [passwordDigest('x'), passwordDigest('x')] }] }],
    [
      {
        users: [
          {
            ...user,
            keys: [
              { pattern: 'a', access: 'read' },
              { pattern: 'a', access: 'write' },
            ],
          },
        ],
      },
    ],
    [{ users: [{ ...user, publish: ['a', 'a'] }] }],
    [{ users: [{ ...user, channels: ['*'] }] }],
  ])('%j is refused', (input) => expect(() => parseRedisAclPolicy(input)).toThrow(RedisAclError));
});

/** Words, with a selector in parentheses as one. */
function splitRule(command: string): string[] {
  return command.match(/\([^)]*\)|\S+/g) ?? [];
}
