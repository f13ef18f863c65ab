/** The lab's Redis servers, spoken to as one of their users with the lab's own certificate. */
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { LaunchgateError } from '../../../model/errors.ts';
import type { Databases, RedisConnection } from '../../../model/drill/databases.ts';
import type { Lab } from '../../lab/part.ts';
import type { RunningLab } from '../../lab/restart.ts';
import type { Use } from '../../target.ts';

const OPERATOR = 'lab_operator';
const CONNECT_MS = 3000;
const COMMAND_MS = 5000;

export function labRedis({ lab }: RunningLab, { signal }: Pick<Use, 'signal'>): Databases['redis'] {
  return (store, as = OPERATOR) => connectRedis(lab, { part: redisPart(lab, store), user: as, signal });
}

/** The part that runs a Redis of the spec. */
export function redisPart(lab: Lab, store: string): 'redis' | 'cache' {
  const kind = lab.plan.stores.get(store);
  if (kind === 'redis' || kind === 'cache') return kind;
  throw new LaunchgateError('not-found', `the lab runs no Redis for the store "${store}"`);
}

export interface RedisLogin {
  readonly part: 'redis' | 'cache';
  /** `default` comes without a password, as whoever has none does. */
  readonly user: string;
  /** Instead of the one that the lab keeps for the user. */
  readonly password?: string;
  readonly signal?: AbortSignal;
}

/** Rejects with the server's own error, such as `WRONGPASS …`. */
export async function connectRedis(lab: Lab, { part, user, password, signal }: RedisLogin): Promise<RedisConnection> {
  const read = (path: string) => readFileSync(path, 'utf8');
  const client = new Redis({
    host: 'localhost',
    port: lab.port(part, 'tls'),
    tls: { ca: read(lab.client.ca), cert: read(lab.client.cert), key: read(lab.client.key) },
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disableClientInfo: true,
    protocol: 2,
    retryStrategy: () => null,
  });
  // What a command meets is told to whoever gave it; the same news must not end the drill.
  client.on('error', () => undefined);
  const end = () => client.disconnect();
  signal?.addEventListener('abort', end, { once: true });
  const connection: RedisConnection = {
    // The client knows by the name in lower case that SUBSCRIBE changes the connection.
    call: (command, ...args) => client.call(command.toLowerCase(), ...args.map(String)).catch(withoutCommand),
    async close() {
      signal?.removeEventListener('abort', end);
      client.disconnect();
    },
  };
  try {
    await client.connect();
    if (user !== 'default') await connection.call('AUTH', user, password ?? lab.secret(`${part}-${user}`));
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** The client's errors carry the command with its arguments, and those of AUTH are a secret. */
function withoutCommand(error: unknown): never {
  throw new Error(error instanceof Error ? error.message : String(error));
}
