/** What the gateway proves itself with, and what it is proven to with: each followed in its file. */
import type { Log } from '@launchgate/runtime/logging';
import { openSecret, type SecretSource } from '@launchgate/runtime/secrets';

export interface Secrets {
  readonly ticketKeys: SecretSource;
  /** Undefined where none was given. */
  readonly redis: SecretSource | undefined;
  readonly adminToken: SecretSource | undefined;
  close(): void;
}

/** Throws SecretError for one that is named and cannot be read. */
export async function openSecrets(log: Log, env: NodeJS.ProcessEnv = process.env): Promise<Secrets> {
  const opened: SecretSource[] = [];
  async function open(name: string): Promise<SecretSource> {
    const source = await openSecret(name, {
      env,
      onWarning: (message) => log.warn({ variable: name }, message),
      onAlarm: (error) => log.error({ err: error, variable: name }, 'it cannot be renewed; the old one stays'),
    });
    opened.push(source);
    return source;
  }
  const given = (name: string) => env[name] !== undefined || env[`${name}_FILE`] !== undefined;
  return {
    ticketKeys: await open('TERMINAL_TICKET_PUBLIC_KEY'),
    redis: given('REDIS_PASSWORD') ? await open('REDIS_PASSWORD') : undefined,
    adminToken: given('ADMIN_TOKEN') ? await open('ADMIN_TOKEN') : undefined,
    close() {
      for (const source of opened) source.close();
    },
  };
}
