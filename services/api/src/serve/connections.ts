/**
 * Every connection of the process, each with its deadlines. None is waited for at the start, and each takes a renewed certificate, password or
 * key while it is in use: what was made with the old one retires.
 */
import type { Logger } from '@launchgate/runtime/logging';
import type { WorkloadCertificate } from '@launchgate/runtime/mtls';
import type { RotatingRedis } from '@launchgate/runtime/secrets';
import { gaugePool } from '@launchgate/runtime/telemetry';
import type { RedisVariables } from '@launchgate/service-common/config';
import {
  directOptions,
  openPool,
  openRedis,
  poolNumbers,
  type Database as RotatingDatabase,
  type StoreContext,
} from '@launchgate/service-common/stores';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { SecretName, ServeConfig } from '../config/serve.ts';
import { database, POOL_DEADLINES, type Database, type Pool } from '../stores/database.ts';
import { openBus, type ApiBus } from './bus.ts';
import type { ApiMetrics } from './metrics.ts';
import type { Secrets } from './secrets.ts';

export interface Connections {
  readonly pool: RotatingDatabase;
  /** One connection for the deny-list alone, so that a busy pool never makes it stale. */
  readonly denylistPool: RotatingDatabase;
  /** For LISTEN, past the pooler, with the login as it is now; undefined where no direct way is configured. */
  readonly direct: (() => pg.ClientConfig) | undefined;
  readonly db: Database;
  readonly redis: Redis;
  readonly subscriber: Redis;
  readonly cache: Redis | undefined;
  readonly bus: ApiBus;
  /** The connection to NATS as it is now, once there was one. */
  readonly nats: () => NatsConnection | undefined;
  close(): Promise<void>;
}

/** Milliseconds for one Redis command. */
const COMMAND_MS = 500;
/** A renewed certificate is taken up within this time at the latest. */
const POOL = { ...POOL_DEADLINES, keepAlive: true, maxLifetimeSeconds: 3600 };

export async function openConnections(
  config: ServeConfig,
  certificate: WorkloadCertificate,
  secrets: Secrets,
  metrics: ApiMetrics,
  log: Logger,
): Promise<Connections> {
  const context = (variable: SecretName, service = 'api'): StoreContext => ({
    service,
    certificate,
    secret: secrets.source(variable),
    startUntried: true,
    onRotated: (version) => log.info({ variable, version, client: service }, 'a new secret is in use'),
    onAlarm: (error) => log.error({ err: error, variable }, 'a new secret does not work; the old one is still in use'),
  });
  const most = Math.max(1, config.DATABASE_MAX_CONNS - 1);
  const pool = await openPool(config, context('DATABASE_PASSWORD'), { ...POOL, max: most });
  const denylistPool = await openPool(config, context('DATABASE_PASSWORD'), { ...POOL, max: 1 });
  gaugePool(metrics.kit, 'postgres', () => poolNumbers(pool));
  const redis = await openStore(config, context('REDIS_PASSWORD'), log);
  const subscriber = await openStore(config, context('REDIS_PASSWORD', 'api-hub'), log);
  const cache =
    config.CACHE_ADDR === undefined ? undefined : await openStore(cacheOf(config), context('CACHE_PASSWORD'), log);
  const bus = openBus(config, context('NATS_NKEY_SEED'), log);
  const stores = [redis, subscriber, ...(cache === undefined ? [] : [cache])];
  return {
    pool,
    denylistPool,
    direct:
      config.DATABASE_DIRECT_HOST === undefined ? undefined : () => directOptions(config, context('DATABASE_PASSWORD')),
    db: database(pool as unknown as Pool),
    redis: redis.client,
    subscriber: subscriber.client,
    cache: cache?.client,
    bus,
    nats: bus.connection,
    async close() {
      for (const { client } of stores) client.disconnect();
      await Promise.allSettled([pool.end(), denylistPool.end(), bus.close(), ...stores.map((store) => store.close())]);
    },
  };
}

/** Fails at once while it is not connected, and reconnects for ever. */
async function openStore(variables: RedisVariables, context: StoreContext, log: Logger): Promise<RotatingRedis<Redis>> {
  const store = await openRedis(variables, context, {
    deadlineMs: COMMAND_MS,
    mayAskInfo: true,
    options: {
      connectionName: context.service,
      connectTimeout: 2000,
      // The hub subscribes by hand at each connection.
      autoResubscribe: false,
    },
  });
  const { name } = context.secret;
  store.client.on('error', (error: Error) => log.warn({ err: error, store: name }, 'a store complains'));
  return store;
}

function cacheOf({ CACHE_ADDR, CACHE_USER, CACHE_TLS }: ServeConfig): RedisVariables {
  return { REDIS_ADDR: CACHE_ADDR, REDIS_USER: CACHE_USER, REDIS_TLS: CACHE_TLS };
}
