/** The connection to the realtime Redis: over TLS, by address or by sentinels, never queueing while it is down. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@launchgate/runtime/logging';
import type { WorkloadCertificate } from '@launchgate/runtime/mtls';
import { Redis, type RedisOptions } from 'ioredis';
import { readSecret, type GatewayConfig } from './config.ts';

export function connectRedis(
  config: GatewayConfig,
  certificate: WorkloadCertificate,
  log: Log,
  options: RedisOptions = {},
): Redis {
  const password = () => readSecret(config.REDIS_PASSWORD, config.REDIS_PASSWORD_FILE);
  const settings: Omit<RedisOptions, 'replyMapping'> = {
    ...where(config),
    ...credentials(config.REDIS_USER, password()),
    ...(config.REDIS_TLS ? { tls: certificate.live() } : {}),
    connectTimeout: 2000,
    commandTimeout: config.REDIS_TIMEOUT,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    // Needs INFO, and says nothing that a command does not.
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: (times: number) => Math.min(2000, 50 * 2 ** Math.min(times, 6)),
    ...options,
  };
  const redis = new Redis(settings);
  redis.on('error', (error: Error) => log.warn({ err: error }, 'Redis'));
  redis.on('reconnecting', () => {
    const now = password();
    if (now !== undefined) redis.options.password = now;
  });
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
