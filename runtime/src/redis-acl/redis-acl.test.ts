import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import { globMatches } from './glob.ts';
import { parseRedisAclPolicy, RedisAclError, renderAclFile, verifyAcl, type RedisAclPolicy } from './index.ts';

const PASSWORD = 'a-password-of-a-test';
const passwords = [{ sha256: createHash('sha256').update(PASSWORD).digest('hex') }];
const policy: RedisAclPolicy = parseRedisAclPolicy({
  users: [
    { name: 'relay', passwords, publish: ['notify.user.*'], commands: ['ping', 'eval', 'multi', 'exec'] },
    {
      name: 'api',
      passwords,
      keys: [{ pattern: 'ticket:*' }, { pattern: 'denylist', access: 'read' }],
      subscribe: ['notify.user.*'],
      commands: ['ping', 'get', 'set', 'info'],
    },
    { name: 'bridge', passwords, publish: ['out.*'], subscribe: ['in.*'], commands: ['ping'] },
    { name: 'bystander', passwords, keys: [{ pattern: 'job:*' }], commands: ['@read', 'ping'] },
  ],
});

let server: RedisServer;
let admin: Redis;

beforeAll(async () => {
  server = await startRedis({
    acl: [...renderAclFile(policy).trim().split('\n'), `user operator on >${PASSWORD} ~* &* +@all`],
  });
  admin = login('operator');
});
afterAll(async () => {
  admin?.disconnect();
  await server?.stop();
});
beforeEach(async () => {
  await admin.call('ACL', 'LOAD');
});

function login(username: string): Redis {
  return new Redis(server.port, '127.0.0.1', {
    username,
    password: PASSWORD,
    enableReadyCheck: false,
    disableClientInfo: true,
  });
}

async function as<T>(username: string, run: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = login(username);
  try {
    return await run(redis);
  } finally {
    redis.disconnect();
  }
}

const report = () => verifyAcl(admin, policy, ['operator']);

describe('a server with the rendered file', () => {
  test('holds', async () => {
    expect(await report()).toEqual({ holds: true, differences: [], asked: expect.any(Number) });
    expect((await report()).asked).toBeGreaterThan(150);
  });

  test('lets the publisher publish and nothing else', async () => {
    await as('relay', async (redis) => {
      expect(await redis.publish('notify.user.7', 'x')).toBe(0);
      await expect(redis.publish('other', 'x')).rejects.toThrow('NOPERM');
      await expect(redis.subscribe('notify.user.7')).rejects.toThrow('NOPERM');
      await expect(redis.psubscribe('notify.user.*')).rejects.toThrow('NOPERM');
      await expect(redis.call('SPUBLISH', 'notify.user.7', 'x')).rejects.toThrow('NOPERM');
      await expect(redis.get('ticket:1')).rejects.toThrow('NOPERM');
    });
  });

  test('refuses to publish through a script, a transaction or another protocol', async () => {
    await as('relay', async (redis) => {
      await expect(redis.call('EVAL', "return redis.call('publish', 'other', 'x')", '0')).rejects.toThrow(
        /can't publish to the channel/,
      );
      await redis.call('MULTI');
      await expect(redis.publish('other', 'x')).rejects.toThrow('NOPERM');
      await expect(redis.call('EXEC')).rejects.toThrow('EXECABORT');
    });
    await as('api', async (redis) => {
      await expect(redis.publish('notify.user.7', 'x')).rejects.toThrow('NOPERM');
      await expect(redis.call('EVAL', "return redis.call('publish', 'notify.user.7', 'x')", '0')).rejects.toThrow(
        'NOPERM',
      );
    });
  });

  test('lets the hub subscribe by the very pattern and no other', async () => {
    await as('api', async (redis) => {
      for (const pattern of ['*', 'notify.*', 'notify.user.**', 'notify.user.4*', 'notify.user.?'])
        await expect(redis.psubscribe(pattern), pattern).rejects.toThrow('NOPERM');
      await expect(redis.call('SSUBSCRIBE', 'notify.user.7')).rejects.toThrow('NOPERM');
      expect(await redis.psubscribe('notify.user.*')).toBe(1);
    });
  });

  test('keeps the two directions of one user apart', async () => {
    await as('bridge', async (redis) => {
      expect(await redis.publish('out.1', 'x')).toBe(0);
      await expect(redis.publish('in.1', 'x')).rejects.toThrow('NOPERM');
      await expect(redis.psubscribe('out.*')).rejects.toThrow('NOPERM');
      expect(await redis.psubscribe('in.*')).toBe(1);
    });
  });

  test('lets nobody in without a name', async () => {
    const anonymous = new Redis(server.port, '127.0.0.1', {
      enableReadyCheck: false,
      disableClientInfo: true,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    anonymous.on('error', () => undefined);
    await expect(anonymous.publish('notify.user.7', 'x')).rejects.toThrow(/NOAUTH|closed/);
    anonymous.disconnect();
  });
});

describe('a server that was changed', () => {
  test.each([
    [['SETUSER', 'api', '+publish'], { user: 'api', kind: 'answer', expected: 'PUBLISH notify.user.42: refused' }],
    [['SETUSER', 'api', '+publish'], { user: 'api', kind: 'rights', found: '+publish' }],
    [
      ['SETUSER', 'bystander', '&notify.user.*', '+psubscribe'],
      { user: 'bystander', kind: 'answer', expected: 'PSUBSCRIBE notify.user.*: refused' },
    ],
    [['SETUSER', 'bystander', '(&* +@all)'], { user: 'bystander', kind: 'rights' }],
    [
      ['SETUSER', 'relay', '-publish'],
      { user: 'relay', kind: 'answer', expected: 'PUBLISH notify.user.42: allowed', found: 'refused' },
    ],
    [['SETUSER', 'relay', 'off'], { user: 'relay', kind: 'disabled' }],
    [['SETUSER', 'relay', 'nopass'], { user: 'relay', kind: 'no-password-needed' }],
    [['SETUSER', 'api', '~*'], { user: 'api', kind: 'rights', found: '~*' }],
    [['SETUSER', 'intruder', 'on', 'nopass', '+@all', '~*', '&*'], { user: 'intruder', kind: 'unknown-user' }],
    [['SETUSER', 'default', 'on', '+publish', 'allchannels'], { user: 'default', kind: 'enabled' }],
    [['DELUSER', 'relay'], { user: 'relay', kind: 'missing-user' }],
  ])('does not hold: ACL %j', async (change, difference) => {
    await admin.call('ACL', ...(change as [string]));
    const { holds, differences } = await report();
    expect(holds).toBe(false);
    expect(differences).toContainEqual(expect.objectContaining(difference));
    await admin.call('ACL', 'DELUSER', 'intruder');
  });

  test('does not hold where new users would get every channel', async () => {
    await admin.config('SET', 'acl-pubsub-default', 'allchannels');
    expect((await report()).differences).toContainEqual({
      user: '',
      kind: 'setting',
      expected: 'acl-pubsub-default resetchannels',
      found: 'allchannels',
    });
    await admin.config('SET', 'acl-pubsub-default', 'resetchannels');
  });

  test('cannot be judged by one who may not ask', async () => {
    await as('api', (redis) => expect(verifyAcl(redis, policy)).rejects.toThrow('NOPERM'));
  });
});

test.each([
  [{ name: 'default', passwords }, 'always off'],
  [{ name: 'a b', passwords }, 'expected a name'],
  [{ name: 'a', passwords: [{ sha256: 'secret' }] }, 'never the password'],
  [{ name: 'a', passwords, commands: ['@all'] }, 'undoes every other rule'],
  [{ name: 'a', passwords, commands: ['acl|setuser'] }, 'undoes every other rule'],
  [{ name: 'a', passwords, commands: ['publish'] }, 'follows from publish and subscribe'],
  [{ name: 'a', passwords, commands: ['get\nuser evil on nopass'] }, 'does not take'],
  [{ name: 'a', passwords, keys: [{ pattern: '*' }] }, 'not every key'],
  [{ name: 'a', passwords, publish: ['**'] }, 'does not take'],
  [{ name: 'a', passwords, subscribe: ['x y'] }, 'does not take'],
  [{ name: 'a', passwords, channels: ['x'] }, 'does not know channels'],
])('a policy that cannot be meant is refused: %j', (user, message) => {
  expect(() => parseRedisAclPolicy({ users: [user] })).toThrow(RedisAclError);
  expect(() => parseRedisAclPolicy({ users: [user] })).toThrow(message);
});

test('globs are those of Redis', () => {
  const cases: readonly [string, string, boolean][] = [
    ['notify.user.*', 'notify.user.', true],
    ['notify.user.*', 'notify.users', false],
    ['h?llo', 'hello', true],
    ['h[^e]llo', 'hello', false],
    ['h[a-f]llo', 'hello', true],
    ['h\\*llo', 'hxllo', false],
    ['h\\*llo', 'h*llo', true],
    ['*a*b', 'xxaxxb', true],
  ];
  expect(cases.map(([pattern, text]) => globMatches(pattern, text))).toEqual(cases.map(([, , expected]) => expected));
});
