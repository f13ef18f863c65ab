/** What the gateway proves itself with, and what it is proven to with: each followed in its file. */
import type { Log } from '@launchgate/runtime/logging';
import { openSecret, SecretError, type SecretSource } from '@launchgate/runtime/secrets';

export interface Secrets {
  readonly ticketKeys: SecretSource;
  /** Undefined where none was given. */
  readonly redis: SecretSource | undefined;
  /** As it is now; undefined where none was given, or one that is too short to be any. */
  adminToken(): string | undefined;
  close(): void;
}

/** Characters below which a token can be guessed. */
const SHORTEST_TOKEN = 32;

/** Throws SecretError for one that is named and cannot be read or used. */
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
  async function openToken(name: string): Promise<() => string | undefined> {
    const source = await open(name);
    const isLong = () => source.current.reveal().length >= SHORTEST_TOKEN;
    const short = new SecretError(`${name} has less than ${SHORTEST_TOKEN} characters`);
    if (!isLong()) throw short;
    source.subscribe(() => {
      if (!isLong()) log.error({ err: short, variable: name }, 'nobody is let in by a token until it is replaced');
    });
    return () => (isLong() ? source.current.reveal() : undefined);
  }
  const given = (name: string) => env[name] !== undefined || env[`${name}_FILE`] !== undefined;
  return {
    ticketKeys: await open('TERMINAL_TICKET_PUBLIC_KEY'),
    redis: given('REDIS_PASSWORD') ? await open('REDIS_PASSWORD') : undefined,
    adminToken: given('ADMIN_TOKEN') ? await openToken('ADMIN_TOKEN') : () => undefined,
    close() {
      for (const source of opened) source.close();
    },
  };
}
