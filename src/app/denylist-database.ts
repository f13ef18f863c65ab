import { readFileSync } from 'node:fs';
import { LaunchgateError } from '../model/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What it takes to reach the deny-list's database; the shape that `pg` takes. */
export interface DatabaseConnection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  readonly ssl:
    | false
    | { readonly rejectUnauthorized: boolean; readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly connectionTimeoutMillis: number;
  readonly query_timeout: number;
  readonly application_name: string;
}

const TIMEOUT_MS = 10_000;

/**
 * From the variables that the services read, so that a pod's environment is enough. Never from the command line: what stands there is seen by every
 * user of the machine and kept by shells.
 */
export function denylistDatabase(env: Environment): DatabaseConnection {
  const host = env['DATABASE_DIRECT_HOST'] ?? env['DATABASE_HOST'];
  if (host === undefined || host === '')
    throw new LaunchgateError('usage', 'DATABASE_HOST is not set: which database holds the deny-list?', {
      next: 'Set DATABASE_HOST, DATABASE_NAME, DATABASE_USER and DATABASE_PASSWORD_FILE; "launchgate revoke --help" lists them all.',
    });
  const password = secret(env, 'DATABASE_PASSWORD');
  return {
    host,
    port: portOf(env['DATABASE_DIRECT_PORT'] ?? env['DATABASE_PORT'] ?? '5432'),
    database: env['DATABASE_NAME'] ?? 'postgres',
    user: env['DATABASE_USER'] ?? 'postgres',
    ...(password === undefined ? {} : { password }),
    ssl: tlsOf(env),
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    application_name: 'launchgate revoke',
  };
}

function tlsOf(env: Environment): DatabaseConnection['ssl'] {
  const mode = env['DATABASE_SSLMODE'] ?? 'verify-full';
  if (mode === 'disable') return false;
  if (mode !== 'verify-full')
    throw new LaunchgateError('usage', `DATABASE_SSLMODE is ${mode}, which proves nothing about the server`, {
      next: 'Set it to verify-full, or to disable on loopback.',
    });
  const part = (member: 'ca' | 'cert' | 'key', variable: string) => {
    const path = env[variable];
    return path === undefined || path === '' ? {} : { [member]: read(path, variable) };
  };
  return {
    rejectUnauthorized: true,
    ...part('ca', 'TLS_CA_FILE'),
    ...part('cert', 'TLS_CERT_FILE'),
    ...part('key', 'TLS_KEY_FILE'),
  };
}

function secret(env: Environment, name: string): string | undefined {
  const path = env[`${name}_FILE`];
  return path === undefined || path === '' ? env[name] : read(path, `${name}_FILE`).trimEnd();
}

function read(path: string, variable: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LaunchgateError('input-unreadable', `${path}, which ${variable} names, cannot be read`, {
      next: 'Name a file that you may read.',
      cause,
    });
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new LaunchgateError('usage', `the database's port is ${JSON.stringify(text)}`, {
    next: 'Write a number from 1 to 65535.',
  });
}
