/** Where PostgreSQL is and how to prove who we are: the variables that all commands of this program share. */
import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import { z } from 'zod';
import { ConfigInvalid } from './invalid.ts';
import { integer } from './values.ts';

export const databaseVariables = z.object({
  DATABASE_HOST: z.string().min(1),
  DATABASE_PORT: integer(1, 65_535).default(5432),
  DATABASE_NAME: z.string().min(1).max(63),
  DATABASE_USER: z.string().min(1).max(63),
  DATABASE_SSLMODE: z.enum(['disable', 'verify-ca', 'verify-full']).default('verify-full'),
  DATABASE_MAX_CONNS: integer(1, 200).default(10),
  DATABASE_PASSWORD: z.string().optional(),
  DATABASE_PASSWORD_FILE: z.string().optional(),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  TLS_CA_FILE: z.string().optional(),
});

export type DatabaseVariables = z.infer<typeof databaseVariables>;

/** Certificates as they are on disk now; a client certificate where one is mounted. */
export function databaseTls(config: DatabaseVariables): ClientConfig['ssl'] {
  if (config.DATABASE_SSLMODE === 'disable') return false;
  const { TLS_CA_FILE: ca, TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = config;
  return {
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') }),
    ...(cert === undefined || key === undefined
      ? {}
      : { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }),
    // verify-ca trusts whoever the CA signed; verify-full also wants the host's name in it.
    ...(config.DATABASE_SSLMODE === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}

/** For a command that runs once and ends: one connection, with the password as it is now. */
export function commandClient(env: NodeJS.ProcessEnv): ClientConfig {
  const parsed = databaseVariables.safeParse(env);
  if (!parsed.success) throw ConfigInvalid.from(parsed.error);
  const config = parsed.data;
  const password =
    config.DATABASE_PASSWORD_FILE === undefined
      ? config.DATABASE_PASSWORD
      : readFileSync(config.DATABASE_PASSWORD_FILE, 'utf8').trimEnd();
  return {
    host: config.DATABASE_HOST,
    port: config.DATABASE_PORT,
    database: config.DATABASE_NAME,
    user: config.DATABASE_USER,
    ...(password === undefined ? {} : { password }),
    ssl: databaseTls(config) ?? false,
    connectionTimeoutMillis: 10_000,
    application_name: 'api',
  };
}
