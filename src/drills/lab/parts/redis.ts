/** Two Redis servers, as in production: one for what must be seen at once by all, one for what can be computed again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  parseRedisAclPolicy,
  passwordDigest,
  renderAclFile,
  REQUIRED_SETTINGS,
  type RedisAclPolicy,
} from '@launchgate/runtime/redis-acl';
import { Redis } from 'ioredis';
import type { Lab, Part } from '../part.ts';
import type { LabPlan } from '../plan.ts';
import { cacheUsers, realtimeUsers, type LabRedisUser } from './redis-users.ts';

export function redisParts(plan: LabPlan): Part[] {
  const kinds = [...plan.stores.values()];
  return [
    ...(kinds.includes('redis') ? [server('redis', ['redis.data.svc', ...MEMBERS], realtimeUsers, REALTIME)] : []),
    ...(kinds.includes('cache') ? [server('cache', ['cache.gpucloud.internal'], cacheUsers, CACHE)] : []),
  ];
}

/** As the certificate of the reference platform names them, of which one runs here. */
const MEMBERS = [0, 1, 2].map((at) => `redis-${at}.redis.data.svc`);
/** Nothing here may be evicted silently, and what was acknowledged survives a kill. */
const REALTIME = [
  'appendonly yes',
  'appendfsync everysec',
  'maxmemory 256mb',
  'maxmemory-policy noeviction',
  // No replica joins here, so a snapshot need not wait for others that may come.
  'repl-diskless-sync-delay 0',
];
const CACHE = ['appendonly no', 'save ""', 'maxmemory 64mb', 'maxmemory-policy allkeys-lru'];

/** What the users of the server may, with the digests of their passwords: what was written for it, and what it can be held to. */
export function redisPolicy(lab: Lab, name: 'redis' | 'cache'): RedisAclPolicy {
  return policyOf(lab, name, name === 'redis' ? realtimeUsers : cacheUsers);
}

function policyOf(lab: Lab, name: string, users: readonly LabRedisUser[]): RedisAclPolicy {
  return parseRedisAclPolicy({
    users: users.map((user) => ({ ...user, passwords: [passwordDigest(lab.secret(`${name}-${user.name}`))] })),
  });
}

function server(name: string, dns: readonly string[], users: readonly LabRedisUser[], kind: readonly string[]): Part {
  return {
    name,
    needs: [],
    program: {
      file: 'redis-server',
      package: 'redis-server',
      loses: 'there are no tickets, sessions and notifications',
      required: true,
    },
    ports: ['tls'],
    user: 'redis',
    identity: { name, namespace: 'data', dns },
    stop: { signal: 'SIGTERM', timeoutMs: 10_000 },
    prepare(lab) {
      const acl = lab.write(name, 'users.acl', renderAclFile(policyOf(lab, name, users)));
      lab.write(name, 'redis.conf', configuration(lab, name, acl, kind));
    },
    command: (lab) => ({ file: 'redis-server', args: [join(lab.folder(name), 'redis.conf')] }),
    ready: (lab, signal) => ping(lab, name, signal),
  };
}

function configuration(lab: Lab, name: string, acl: string, kind: readonly string[]): string {
  const { cert, key, ca } = lab.tls(name);
  return `${[
    'bind 127.0.0.1',
    'protected-mode yes',
    'port 0',
    `tls-port ${lab.port(name, 'tls')}`,
    `tls-cert-file ${cert}`,
    `tls-key-file ${key}`,
    `tls-ca-cert-file ${ca}`,
    'tls-auth-clients yes',
    'tls-protocols "TLSv1.2 TLSv1.3"',
    `aclfile ${acl}`,
    ...Object.entries(REQUIRED_SETTINGS).map(([setting, value]) => `${setting} ${value}`),
    `dir ${lab.folder(name)}`,
    'daemonize no',
    // A title would hide the environment by which the lab knows its own.
    'set-proc-title no',
    ...kind,
  ].join('\n')}\n`;
}

async function ping(lab: Lab, name: string, signal: AbortSignal): Promise<void> {
  const read = (path: string) => readFileSync(path, 'utf8');
  const client = new Redis({
    host: 'localhost',
    port: lab.port(name, 'tls'),
    username: 'lab_monitor',
    password: lab.secret(`${name}-lab_monitor`),
    tls: { ca: read(lab.client.ca), cert: read(lab.client.cert), key: read(lab.client.key) },
    lazyConnect: true,
    connectTimeout: 2000,
    commandTimeout: 2000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  const end = () => client.disconnect();
  signal.addEventListener('abort', end, { once: true });
  // Errors come with the rejected command as well; without a listener they would be printed.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    signal.removeEventListener('abort', end);
    client.disconnect();
  }
}
