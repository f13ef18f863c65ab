/** Who may do what in Redis: each workload its own keys and channels. What is not said here is refused. */
import type { RedisUser } from '@launchgate/runtime/redis-acl';

/** A user whose password is the lab's to make up. */
export type LabRedisUser = Omit<RedisUser, 'passwords'>;

/** What client libraries say when they connect and ask whether the server is ready. */
const CONNECT = words('auth hello ping info select quit client|setname client|id');
const STRINGS = words('get set getdel del expire pexpire ttl pttl incr incrby exists eval evalsha');
const STREAMS = words('xadd xrange xread xlen xtrim');
const TRANSACTIONS = words('multi exec discard');
const SESSIONS = words('hgetall hset hincrby pexpire del zadd zrem zcard zscore zrange zremrangebyscore');

/** The lab's own: asks what the others may, and may itself touch no key. */
const VERIFIER: LabRedisUser = {
  name: 'lab_verifier',
  commands: [...CONNECT, ...words('acl|users acl|getuser acl|dryrun acl|cat config|get')],
};

/** Who rotates: the lab's own, as whoever runs the servers of a platform has one. It touches no key and no channel. */
const OPERATOR: LabRedisUser = {
  name: 'lab_operator',
  commands: [
    ...CONNECT,
    ...words(
      'acl|users acl|getuser acl|dryrun acl|cat acl|whoami acl|setuser config|get config|set client|list client|kill',
    ),
  ],
};

/** Takes a snapshot as a replica does, and reads no key by name. */
const BACKUP: LabRedisUser = { name: 'backup', commands: words('auth hello ping info lastsave sync psync replconf') };

export const realtimeUsers: readonly LabRedisUser[] = [
  {
    name: 'api',
    keys: words('ticket:* session:* ratelimit:* denylist denylist:*').map((pattern) => ({ pattern })),
    subscribe: ['notify.user.*'],
    commands: [...CONNECT, ...STRINGS, ...STREAMS, ...TRANSACTIONS],
  },
  { name: 'notification-relay', publish: ['notify.user.*'], commands: CONNECT },
  {
    name: 'terminal-gateway',
    keys: [
      ...words('ticket:* session:*').map((pattern) => ({ pattern })),
      ...words('denylist denylist:*').map((pattern) => ({ pattern, access: 'read' as const })),
    ],
    commands: [...CONNECT, ...TRANSACTIONS, ...SESSIONS, ...words('getdel get xread xrange')],
  },
  { name: 'lab_monitor', commands: CONNECT },
  BACKUP,
  VERIFIER,
  OPERATOR,
];

export const cacheUsers: readonly LabRedisUser[] = [
  {
    name: 'api',
    keys: [{ pattern: 'cache:*' }],
    commands: [...CONNECT, ...words('get set del expire pexpire pttl eval evalsha script|load')],
  },
  { name: 'lab_monitor', commands: CONNECT },
  VERIFIER,
  OPERATOR,
];

function words(text: string): string[] {
  return text.split(' ');
}
