/** The connection to the realtime Redis: over TLS, by address or by sentinels, never queueing while it is down. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@launchgate/runtime/logging';
import type { WorkloadCertificate } from '@launchgate/runtime/mtls';
import { rotatingRedis, towardsPrimary, type Secret, type SecretSource } from '@launchgate/runtime/secrets';
import { Redis, type RedisOptions } from 'ioredis';
import type { GatewayConfig } from './config.ts';

export interface RedisContext {
  readonly config: GatewayConfig;
  readonly certificate: WorkloadCertificate;
  /** Undefined where its user needs no password. */
  readonly password: SecretSource | undefined;
  readonly log: Log;
}

/** A client that stays the same while its password rotates; it is not waited for. */
export async function followRedis(context: RedisContext): Promise<Redis> {
  const { password: secret, log } = context;
  if (secret === undefined) return connectRedis(context);
  const { client } = await rotatingRedis({
    secret,
    create: (value) => connectRedis(context, value),
    startUntried: true,
    onRotated: (version) =>
      log.info({ variable: 'REDIS_PASSWORD', version, client: 'terminal-gateway' }, 'a new secret is in use'),
    onAlarm: (error) => log.error({ err: error }, 'Redis: the new password does not work; the old one is still in use'),
  });
  return client;
}

/** A connection that blocks, and waits for Redis to come back; it takes the password as it is whenever it connects. */
export function blockingRedis(context: RedisContext): Redis {
  const { password } = context;
  const redis = connectRedis(context, password?.current, { commandTimeout: undefined, enableOfflineQueue: true });
  redis.on('reconnecting', () => {
    if (password !== undefined) redis.options.password = password.current.reveal();
  });
  return redis;
}

function connectRedis(
  { config, certificate, log }: RedisContext,
  password?: Secret,
  options: RedisOptions = {},
): Redis {
  const settings: Omit<RedisOptions, 'replyMapping'> = {
    ...where(config),
    ...credentials(config.REDIS_USER, password?.reveal()),
    ...(config.REDIS_TLS ? { tls: certificate.live() } : {}),
    connectTimeout: 2000,
    commandTimeout: config.REDIS_TIMEOUT,
    // A connection on which nothing has come for so long is given up, as of a node that went without a word: the health check has asked meanwhile.
    socketTimeout: 15_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    // Needs INFO, and says nothing that a command does not.
    enableReadyCheck: false,
    disableClientInfo: true,
    reconnectOnError: towardsPrimary(),
    retryStrategy: (times: number) => Math.min(2000, 50 * 2 ** Math.min(times, 6)),
    ...options,
  };
  const redis = new Redis(settings);
  redis.on('error', (error: Error) => log.warn({ err: error }, 'Redis'));
  return redis;
}

/** Resolves when the first connection stands, at the latest after `ms`: a service that comes up during an outage serves what it can. */
export async function firstConnection(redis: Redis, ms: number): Promise<void> {
  const done = new AbortController();
  await Promise.race([
    once(redis, 'ready', { signal: done.signal }).catch(() => undefined),
    sleep(ms, undefined, { signal: done.signal }).catch(() => undefined),
  ]);
  done.abort();
}

function where(config: GatewayConfig): RedisOptions {
  if (config.REDIS_SENTINELS === undefined)
    return { host: config.REDIS_ADDR?.host ?? 'localhost', port: config.REDIS_ADDR?.port ?? 6379 };
  return {
    sentinels: config.REDIS_SENTINELS.map(({ host, port }) => ({ host: host ?? 'localhost', port })),
    name: config.REDIS_MASTER ?? '',
    enableTLSForSentinelMode: config.REDIS_TLS,
  };
}

function credentials(username: string | undefined, password: string | undefined): RedisOptions {
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
}
