/** The secrets of this service. Mounted files are followed: what uses one takes its new value while it runs. */
import type { Logger } from '@launchgate/runtime/logging';
import { openSecret, type SecretSource } from '@launchgate/runtime/secrets';
import { SECRETS, type SecretName, type ServeConfig } from '../config/serve.ts';

export interface Secrets {
  /** Of a secret that the configuration has asked for. */
  source(name: SecretName): SecretSource;
  /** As it is now; empty where none was given: what it is shown to refuses it. */
  text(name: SecretName): string;
  close(): void;
}

/** Throws SecretError for one that is named and cannot be read. */
export async function openSecrets(config: ServeConfig, env: NodeJS.ProcessEnv, log: Logger): Promise<Secrets> {
  const sources = new Map<SecretName, SecretSource>();
  const onWarning = (message: string) => log.warn(message);
  const onAlarm = (error: Error) => log.error({ err: error }, 'a secret cannot be renewed; the old one stays');
  for (const name of SECRETS)
    if (config[name] || config[`${name}_FILE`]) sources.set(name, await openSecret(name, { env, onWarning, onAlarm }));
  return {
    source(name) {
      const source = sources.get(name);
      if (source === undefined) throw new Error(`${name} was not given`);
      return source;
    },
    text: (name) => sources.get(name)?.current.reveal() ?? '',
    close() {
      for (const source of sources.values()) source.close();
    },
  };
}
