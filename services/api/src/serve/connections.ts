/** Every connection of the process, opened without waiting for any of them, and closed in the end. */
import type { Logger } from '@launchgate/runtime/logging';
import type { WorkloadCertificate } from '@launchgate/runtime/mtls';
import { gaugePool } from '@launchgate/runtime/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { ServeConfig } from '../config/serve.ts';
import { database, type Database } from '../stores/database.ts';
import type { ApiMetrics } from './metrics.ts';
import type { Secrets } from './secrets.ts';
import { openNats, openPool, openRedis, postgresOptions } from './stores.ts';

export interface Connections {
  readonly pool: pg.Pool;
  /** One connection for the deny-list alone, so that a busy pool never makes it stale. */
  readonly denylistPool: pg.Pool;
  /** For LISTEN, past the pooler; undefined where no direct way is configured. */
  readonly direct: pg.ClientConfig | undefined;
  readonly db: Database;
  readonly redis: Redis;
  readonly subscriber: Redis;
  readonly cache: Redis | undefined;
  readonly nats: () => NatsConnection | undefined;
  /** Resolves when NATS is connected for the first time. */
  readonly natsConnected: Promise<NatsConnection>;
  close(): Promise<void>;
}

/** Milliseconds for one Redis command. */
const COMMAND_MS = 500;

export function openConnections(
  config: ServeConfig,
  certificate: WorkloadCertificate,
  secrets: Secrets,
  metrics: ApiMetrics,
  log: Logger,
): Connections {
  const tls = () => certificate.live();
  const complain = (store: string) => (error: Error) => log.warn({ err: error, store }, 'a store complains');
  const options = postgresOptions(config, secrets.now('DATABASE_PASSWORD'), tls);
  const pool = openPool({ ...options, max: Math.max(1, config.DATABASE_MAX_CONNS - 1) }, complain('postgres'));
  const denylistPool = openPool({ ...options, max: 1 }, complain('postgres'));
  gaugePool(metrics.kit, 'postgres', () => ({
    total: pool.totalCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
    max: config.DATABASE_MAX_CONNS - 1,
  }));
  const realtime = {
    address: config.REDIS_ADDR,
    sentinels: config.REDIS_SENTINELS,
    master: config.REDIS_MASTER,
    user: config.REDIS_USER,
    password: secrets.now('REDIS_PASSWORD'),
    tls: config.REDIS_TLS ? tls : undefined,
    commandMs: COMMAND_MS,
  };
  const redis = openRedis(realtime, 'api', complain('realtime'));
  const subscriber = openRedis(realtime, 'api-hub', complain('realtime'));
  const cache = openCache(config, secrets, tls, complain('cache'));
  let nats: NatsConnection | undefined;
  const seed = secrets.now('NATS_NKEY_SEED');
  const natsConnected = openNats(config, seed, tls);
  natsConnected.then(
    (connection) => (nats = connection),
    (error: unknown) => log.error({ err: error, store: 'nats' }, 'a store complains'),
  );
  return {
    pool,
    denylistPool,
    direct:
      config.DATABASE_DIRECT_HOST === undefined
        ? undefined
        : { ...options, host: config.DATABASE_DIRECT_HOST, port: config.DATABASE_DIRECT_PORT ?? config.DATABASE_PORT },
    db: database(pool),
    redis,
    subscriber,
    cache,
    nats: () => nats,
    natsConnected,
    async close() {
      for (const client of [redis, subscriber, cache]) client?.disconnect();
      await Promise.allSettled([pool.end(), denylistPool.end(), nats?.close()]);
    },
  };
}

function openCache(
  config: ServeConfig,
  secrets: Secrets,
  tls: () => object,
  onError: (error: Error) => void,
): Redis | undefined {
  if (config.CACHE_ADDR === undefined) return undefined;
  const target = {
    address: config.CACHE_ADDR,
    user: config.CACHE_USER,
    password: secrets.now('CACHE_PASSWORD'),
    tls: config.CACHE_TLS ? tls : undefined,
    commandMs: COMMAND_MS,
  };
  return openRedis(target, 'api', onError);
}
