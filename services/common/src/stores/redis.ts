/** Redis by the workload's certificate and an ACL user whose password may be rotated under way. A hanging Redis is a failure, and soon. */
import { rotatingRedis, towardsPrimary, type RotatingRedis } from '@launchgate/runtime/secrets';
import { Redis, type RedisOptions } from 'ioredis';
import type { RedisVariables } from '../config/index.ts';
import { rotationOf, type StoreContext } from './context.ts';

/** As the client's constructor has them: how replies are mapped is decided by its type. */
type ConnectOptions = Omit<RedisOptions, 'replyMapping'>;

export interface RedisNeeds {
  /** Milliseconds that a command may take. */
  readonly deadlineMs: number;
  /** False for users without INFO, which the ready check asks. */
  readonly mayAskInfo: boolean;
  /** Before what is usual here. */
  readonly options?: ConnectOptions;
}

export function openRedis(
  variables: RedisVariables,
  context: StoreContext,
  needs: RedisNeeds,
): Promise<RotatingRedis<Redis>> {
  return rotatingRedis({
    ...rotationOf(context),
    create: (secret) => new Redis(redisOptions(variables, context, needs, secret.reveal())),
  });
}

function redisOptions(
  variables: RedisVariables,
  { certificate }: StoreContext,
  needs: RedisNeeds,
  password: string,
): ConnectOptions {
  const tls = variables.REDIS_TLS ? certificate.live() : undefined;
  return {
    ...addressOf(variables, tls),
    username: variables.REDIS_USER,
    password,
    ...(tls === undefined ? {} : { tls }),
    connectTimeout: 5000,
    commandTimeout: needs.deadlineMs,
    // A connection on which nothing has come for so long is given up, as of a node that went without a word; health checks make sure that something should
    // have.
    socketTimeout: 15_000,
    // A command waits for no reconnect: whoever asks decides what to do without.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    enableReadyCheck: needs.mayAskInfo,
    disableClientInfo: true,
    reconnectOnError: towardsPrimary(),
    retryStrategy: (times) => Math.min(2000, 50 * 2 ** Math.min(times, 6)) * (0.5 + Math.random() / 2),
    ...needs.options,
  };
}

function addressOf(variables: RedisVariables, tls: RedisOptions['tls']): ConnectOptions {
  const { REDIS_ADDR: single, REDIS_SENTINELS: sentinels, REDIS_MASTER: name } = variables;
  if (single !== undefined) return { host: single.host ?? '127.0.0.1', port: single.port };
  return {
    sentinels: (sentinels ?? []).map(({ host, port }) => ({ host: host ?? '127.0.0.1', port })),
    ...(name === undefined ? {} : { name }),
    ...(tls === undefined ? {} : { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  };
}
