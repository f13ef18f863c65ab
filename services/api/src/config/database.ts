/** Where the commands of this program find PostgreSQL, and how they prove who they are: as the service does, once. */
import { readFileSync } from 'node:fs';
import { readConfig } from '@launchgate/runtime/config';
import { loginOf, openSecret } from '@launchgate/runtime/secrets';
import { databaseVariables } from '@launchgate/service-common/config';
import type { ClientConfig } from 'pg';
import { z } from 'zod';

const variables = databaseVariables.extend({
  TLS_CERT_FILE: z.string().min(1).optional(),
  TLS_KEY_FILE: z.string().min(1).optional(),
  TLS_CA_FILE: z.string().min(1).optional(),
});

/** For a command that runs once and ends: one connection, with the password and the certificate as they are now. */
export async function commandClient(env: NodeJS.ProcessEnv): Promise<ClientConfig> {
  const config = readConfig(variables, env);
  return {
    host: config.DATABASE_HOST,
    port: config.DATABASE_PORT,
    database: config.DATABASE_NAME,
    ...(await loginNow(config.DATABASE_USER, env)),
    ssl: tlsNow(config),
    connectionTimeoutMillis: 10_000,
    application_name: 'api',
  };
}

/** Without a password where the server asks for none (a migration's job, say, that has a certificate). */
async function loginNow(user: string, env: NodeJS.ProcessEnv): Promise<{ user: string; password?: string }> {
  if (env['DATABASE_PASSWORD'] === undefined && env['DATABASE_PASSWORD_FILE'] === undefined) return { user };
  const secret = await openSecret('DATABASE_PASSWORD', { env });
  secret.close();
  return loginOf(secret.current, user);
}

function tlsNow(config: z.infer<typeof variables>): NonNullable<ClientConfig['ssl']> {
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
