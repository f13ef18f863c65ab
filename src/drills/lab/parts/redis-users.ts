/** Who may do what in Redis: each workload its own keys and channels, `default` nothing. */

export interface RedisUser {
  readonly name: string;
  readonly passwords?: readonly { readonly sha256: string }[];
  readonly keys?: readonly { readonly pattern: string; readonly access?: 'read' | 'write' | 'all' }[];
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
  readonly commands?: readonly string[];
}

/** What every client library says when it connects and asks whether the server is ready. */
const CONNECT = ['auth', 'hello', 'ping', 'info', 'select', 'quit', 'client|setname', 'client|id'];

const SESSIONS = 'hgetall hset hincrby pexpire del multi exec discard zadd zrem zcard zscore zrange zremrangebyscore';

export const realtimeUsers: readonly RedisUser[] = [
  {
    name: 'api',
    keys: ['ticket:*', 'session:*', 'ratelimit:*', 'denylist', 'denylist:*'].map((pattern) => ({ pattern })),
    subscribe: ['notify.user.*'],
    commands: [
      ...CONNECT,
      'get',
      'set',
      'getdel',
      'del',
      'expire',
      'pexpire',
      'ttl',
      'pttl',
      'incr',
      'incrby',
      'exists',
      'eval',
      'evalsha',
      'multi',
      'exec',
      'discard',
      'xadd',
      'xrange',
      'xread',
      'xlen',
      'xtrim',
      'psubscribe',
      'punsubscribe',
    ],
  },
  { name: 'notification-relay', publish: ['notify.user.*'], commands: [...CONNECT, 'publish'] },
  {
    name: 'terminal-gateway',
    keys: [
      { pattern: 'ticket:*' },
      { pattern: 'session:*' },
      { pattern: 'denylist', access: 'read' },
      { pattern: 'denylist:*', access: 'read' },
    ],
    commands: [...CONNECT, ...SESSIONS.split(' '), 'getdel', 'get', 'xread', 'xrange'],
  },
  { name: 'lab_monitor', commands: CONNECT },
];

export const cacheUsers: readonly RedisUser[] = [
  {
    name: 'api',
    keys: [{ pattern: 'cache:*' }],
    commands: [...CONNECT, 'get', 'set', 'del', 'expire', 'pexpire', 'pttl', 'eval', 'evalsha', 'script|load'],
  },
  { name: 'lab_monitor', commands: CONNECT },
];

/** The lines of the server's ACL file (https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/). */
export function renderUsers(users: readonly RedisUser[]): string {
  return `${['user default off resetkeys resetchannels -@all', ...users.map(line)].join('\n')}\n`;
}

const ACCESS = { read: '%R~', write: '%W~', all: '~' } as const;

function line({ name, passwords = [], keys = [], publish = [], subscribe = [], commands = [] }: RedisUser): string {
  return [
    `user ${name} on resetpass`,
    ...passwords.map(({ sha256 }) => `#${sha256}`),
    'resetkeys',
    ...keys.map(({ pattern, access = 'all' }) => `${ACCESS[access]}${pattern}`),
    'resetchannels',
    ...[...publish, ...subscribe].map((channel) => `&${channel}`),
    '-@all',
    ...commands.map((command) => `+${command}`),
  ].join(' ');
}
