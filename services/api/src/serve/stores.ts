/** Connections to the stores, each with its deadlines, its TLS and the newest of its credentials at every new connection. */
import type { ConnectionOptions } from 'node:tls';
import { nkeyAuthenticator, connect as connectNats, type NatsConnection } from '@nats-io/transport-node';
import { Redis, type RedisOptions } from 'ioredis';
import pg from 'pg';
import type { ServeConfig } from '../config/serve.ts';
import type { Address } from '../config/values.ts';
import { POOL_DEADLINES } from '../stores/database.ts';

/** TLS material that is read again at each connection. */
export type LiveTls = () => ConnectionOptions;
/** The secret as it is now. */
export type SecretNow = () => string;

export function postgresOptions(config: ServeConfig, password: SecretNow | undefined, tls: LiveTls): pg.PoolConfig {
  const { DATABASE_SSLMODE: mode } = config;
  return {
    host: config.DATABASE_HOST,
    port: config.DATABASE_PORT,
    database: config.DATABASE_NAME,
    user: config.DATABASE_USER,
    max: config.DATABASE_MAX_CONNS,
    ...(password === undefined ? {} : { password }),
    ssl: mode === 'disable' ? false : postgresTls(mode, tls()),
    application_name: 'api',
    keepAlive: true,
    // A renewed certificate or password is taken up within this time at the latest.
    maxLifetimeSeconds: 3600,
    ...POOL_DEADLINES,
  };
}

/** Getters are kept: the pool reads them again at each connection. */
function postgresTls(mode: 'verify-ca' | 'verify-full', live: ConnectionOptions): ConnectionOptions {
  const ssl = Object.create(null, Object.getOwnPropertyDescriptors(live)) as ConnectionOptions;
  ssl.rejectUnauthorized = true;
  if (mode === 'verify-ca') ssl.checkServerIdentity = () => undefined;
  return ssl;
}

export function openPool(options: pg.PoolConfig, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool(options);
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', onError);
  return pool;
}

export interface RedisTarget {
  readonly address: Address | undefined;
  readonly sentinels?: readonly string[] | undefined;
  readonly master?: string | undefined;
  readonly user: string;
  readonly password: SecretNow | undefined;
  readonly tls: LiveTls | undefined;
  /** Milliseconds for one command. */
  readonly commandMs: number;
}

/** Fails at once while it is not connected, and reconnects for ever. */
export function openRedis(target: RedisTarget, name: string, onError: (error: Error) => void): Redis {
  const { address, sentinels, master, user, password, tls, commandMs } = target;
  const secure = tls === undefined ? {} : { tls: tls() };
  const options = {
    ...(sentinels === undefined || master === undefined
      ? { host: address?.host ?? '127.0.0.1', port: address?.port ?? 6379 }
      : {
          sentinels: sentinels.map(hostAndPort),
          name: master,
          ...(tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: tls() }),
        }),
    username: user,
    ...(password === undefined ? {} : { password: password() }),
    ...secure,
    connectionName: name,
    // Redis before 7.2 knows no CLIENT SETINFO, and the user has no right to it.
    disableClientInfo: true,
    connectTimeout: 2000,
    commandTimeout: commandMs,
    // A connection on which nothing has come for so long is given up; health checks make sure that something should have.
    socketTimeout: 15_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResubscribe: false,
    retryStrategy: (times: number) => Math.min(3000, 50 * 2 ** Math.min(times, 6)) * (0.5 + Math.random() / 2),
  } satisfies RedisOptions;
  const redis = new Redis(options);
  redis.on('error', onError);
  redis.on('close', () => {
    if (password !== undefined) redis.options.password = password();
  });
  return redis;
}

function hostAndPort(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) };
}

/** Connects in the background for as long as it takes; the event outbox waits meanwhile. */
export function openNats(config: ServeConfig, seed: SecretNow | undefined, tls: LiveTls): Promise<NatsConnection> {
  const { ca, cert, key } = tls();
  return connectNats({
    servers: config.NATS_URL,
    name: 'api',
    inboxPrefix: '_INBOX',
    ...(config.NATS_URL.startsWith('tls:') ? { tls: { ca: text(ca), cert: text(cert), key: text(key) } } : {}),
    ...(seed === undefined ? {} : { authenticator: nkeyAuthenticator(() => new TextEncoder().encode(seed())) }),
    timeout: 3000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    reconnectJitter: 500,
    waitOnFirstConnect: true,
    pingInterval: 5000,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
  });
}

function text(value: ConnectionOptions['ca'] | ConnectionOptions['key']): string {
  return String(Array.isArray(value) ? value.join('\n') : (value ?? ''));
}
