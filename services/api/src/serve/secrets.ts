/** The secrets of this service, each as it is now: mounted files are followed, and a new value is used by what connects or signs next. */
import type { Logger } from '@launchgate/runtime/logging';
import { openSecret, type SecretSource } from '@launchgate/runtime/secrets';

const NAMES = [
  'DATABASE_PASSWORD',
  'REDIS_PASSWORD',
  'CACHE_PASSWORD',
  'NATS_NKEY_SEED',
  'TERMINAL_TICKET_KEY',
  'STRIPE_API_KEY',
  'STRIPE_WEBHOOK_SECRET',
] as const;
export type SecretName = (typeof NAMES)[number];

/** A store may do without a secret (a test's, say). These may not; the configuration has said so before. */
const REQUIRED: readonly SecretName[] = ['TERMINAL_TICKET_KEY', 'STRIPE_WEBHOOK_SECRET'];

export interface Secrets {
  /** Undefined where none was given. */
  now(name: SecretName): (() => string) | undefined;
  /** Empty where none was given: what it is shown to refuses it. */
  text(name: SecretName): string;
  close(): void;
}

/** Throws SecretError for one that is named and cannot be read. */
export async function openSecrets(env: NodeJS.ProcessEnv, log: Logger): Promise<Secrets> {
  const given = NAMES.filter(
    (name) => REQUIRED.includes(name) || env[name] !== undefined || env[`${name}_FILE`] !== undefined,
  );
  const sources = new Map<SecretName, SecretSource>();
  const onWarning = (message: string) => log.warn(message);
  const onAlarm = (error: Error) => log.error({ err: error }, 'a secret cannot be renewed; the old one stays');
  for (const name of given) sources.set(name, await openSecret(name, { env, onWarning, onAlarm }));
  return {
    now(name) {
      const source = sources.get(name);
      return source === undefined ? undefined : () => source.current.reveal();
    },
    text: (name) => sources.get(name)?.current.reveal() ?? '',
    close() {
      for (const source of sources.values()) source.close();
    },
  };
}
