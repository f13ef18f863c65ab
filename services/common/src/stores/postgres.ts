/** PostgreSQL by the workload's certificate and a password that may be rotated under way. */
import { loginOf, rotatingPool, type RotatingPool, type Secret } from '@launchgate/runtime/secrets';
import { tracePg } from '@launchgate/runtime/telemetry';
import pg from 'pg';
import type { DatabaseVariables } from '../config/index.ts';
import { rotationOf, type StoreContext } from './context.ts';

/** Milliseconds: a statement that takes longer is ended by us, one that hangs in the network is given up a little later. */
const STATEMENT = 15_000;

export type Database = RotatingPool<pg.Pool>;

/** `options` go before what is usual here. */
export function openPool(
  variables: DatabaseVariables,
  context: StoreContext,
  options: pg.PoolConfig = {},
): Promise<Database> {
  return rotatingPool({
    ...rotationOf(context),
    create: (secret) =>
      tracePg(
        new pg.Pool({
          ...clientOptions(variables, context, secret),
          max: variables.DATABASE_MAX_CONNS,
          idleTimeoutMillis: 30_000,
          ...options,
        }),
        { database: variables.DATABASE_NAME },
      ),
  });
}

/** What a metric of the pool shows. */
export function poolNumbers({ pool }: Database): { total: number; idle: number; waiting: number; max: number } {
  return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount, max: pool.options.max };
}

/** A connection of its own past the pooler, for LISTEN. */
export async function directClient(variables: DatabaseVariables, context: StoreContext): Promise<pg.Client> {
  const client = new pg.Client(directOptions(variables, context));
  await client.connect();
  return client;
}

/** For such a connection, with the login as it is now. */
export function directOptions(variables: DatabaseVariables, context: StoreContext): pg.ClientConfig {
  const { DATABASE_DIRECT_HOST: host, DATABASE_DIRECT_PORT: port } = variables;
  return {
    ...clientOptions(variables, context, context.secret.current),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    keepAlive: true,
  };
}

function clientOptions(
  variables: DatabaseVariables,
  { service, certificate }: StoreContext,
  secret: Secret,
): pg.ClientConfig {
  return {
    host: variables.DATABASE_HOST,
    port: variables.DATABASE_PORT,
    database: variables.DATABASE_NAME,
    ...loginOf(secret, variables.DATABASE_USER),
    application_name: service,
    connectionTimeoutMillis: 5000,
    query_timeout: STATEMENT + 1000,
    ssl: tlsOf(variables, certificate),
  };
}

function tlsOf(
  { DATABASE_SSLMODE: mode }: DatabaseVariables,
  certificate: StoreContext['certificate'],
): pg.ClientConfig['ssl'] {
  if (mode === 'disable') return false;
  const live = certificate.live();
  // verify-ca trusts whoever the CA signed; verify-full also wants the host's name in it.
  return mode === 'verify-full'
    ? live
    : Object.defineProperty(live, 'checkServerIdentity', { value: () => undefined, enumerable: true });
}
