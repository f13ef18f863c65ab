/**
 * A NATS connection that follows its nkey seed. A connection with the new seed is made beside the old one; publishers take it from
 * then on, consumers are told to move, and the old one drains after a grace in which what was asked on it is answered.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../shared/within.ts';
import { followSecret, type RotationOptions } from './rotation.ts';
import { guarded, type Secret } from './secret.ts';

/** What is needed of `NatsConnection`. */
export interface NatsLike {
  flush(): Promise<void>;
  drain(): Promise<void>;
  close(): Promise<void>;
  isClosed(): boolean;
}

export interface NatsRotation<C extends NatsLike> extends RotationOptions {
  /** `connect({ authenticator: nkeyAuthenticator(seed) })`: the seed is read anew at each reconnect. */
  readonly connect: (seed: () => Uint8Array) => Promise<C>;
  /** How long the old connection stays for answers on their way, in ms. Default 5,000. */
  readonly graceMs?: number;
}

export interface RotatingNats<C extends NatsLike> {
  /** The connection of now: take it for each publish, do not keep it. */
  readonly connection: C;
  /** Called with each new connection, before the old one drains: where consumers move. Returns the end of it. */
  subscribe(listener: (connection: C) => void): () => void;
  /** Stops following, and drains. */
  close(): Promise<void>;
}

/** Rejects if the first connection fails. */
export async function rotatingNats<C extends NatsLike>(options: NatsRotation<C>): Promise<RotatingNats<C>> {
  const { connect, probeTimeoutMs = 5000, graceMs = 5000 } = options;
  const listeners = new Set<(connection: C) => void>();
  const stopping = new AbortController();
  const retiring = new Set<Promise<void>>();
  const first = options.secret.current;
  let connection = await opened(first);

  async function opened(secret: Secret): Promise<C> {
    const bytes = new TextEncoder().encode(secret.reveal().trim());
    const connecting = connect(() => bytes);
    try {
      const next = await within('the server', probeTimeoutMs, connecting);
      await within('the server', probeTimeoutMs, next.flush());
      return next;
    } catch (error) {
      connecting.then((late) => late.close()).catch(() => undefined);
      throw error;
    }
  }
  async function retire(old: C): Promise<void> {
    await sleep(graceMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (!old.isClosed()) await old.drain().catch(() => undefined);
  }
  const stop = followSecret(options, first, async (secret) => {
    const old = connection;
    connection = await opened(secret);
    for (const listener of listeners) guarded(() => listener(connection));
    const retired = retire(old).finally(() => retiring.delete(retired));
    retiring.add(retired);
  });
  return {
    get connection() {
      return connection;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await stop();
      stopping.abort();
      await Promise.all([...retiring, retire(connection)]);
    },
  };
}
