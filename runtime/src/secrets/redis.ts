/**
 * An ioredis client that follows its password, and stays the same object for its callers, with its subscriptions. The new password
 * is probed on a connection of its own; then the client is told, for reconnects, and its connection authenticates again.
 */
import { within } from '../shared/within.ts';
import { followSecret, type RotationOptions } from './rotation.ts';
import type { Secret } from './secret.ts';

/** What is needed of `Redis` of ioredis. */
export interface RedisLike {
  readonly options: { username?: string | null | undefined; password?: string | null | undefined };
  readonly status: string;
  readonly mode?: string;
  auth(username: string, password: string): Promise<unknown>;
  ping(): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'ready', listener: () => void): unknown;
}

export interface RedisRotation<R extends RedisLike> extends RotationOptions {
  /** A new client with this secret; called again for each probe, which then disconnects. */
  readonly create: (secret: Secret) => R;
}

export interface RotatingRedis<R extends RedisLike> {
  readonly client: R;
  /** Stops following. The client is the caller's to end. */
  close(): Promise<void>;
}

/** Rejects if the first client does not become ready, unless it is taken untried. */
export async function rotatingRedis<R extends RedisLike>(options: RedisRotation<R>): Promise<RotatingRedis<R>> {
  const { create, probeTimeoutMs = 5000 } = options;
  const first = options.secret.current;
  const client = create(first);
  client.on('error', () => undefined);
  try {
    if (options.startUntried !== true) await ready(client, probeTimeoutMs);
  } catch (error) {
    client.disconnect();
    throw error;
  }
  const close = followSecret(options, first, async (secret) => {
    const probe = create(secret);
    try {
      await ready(probe, probeTimeoutMs);
    } finally {
      probe.disconnect();
    }
    client.options.password = secret.reveal();
    await authenticateAgain(client, secret);
  });
  return { client, close };
}

/** `ready` comes after authentication; the first error before it says why not. */
function ready(client: RedisLike, timeoutMs: number): Promise<void> {
  const settled = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.once('ready', resolve);
    if (client.status === 'ready') resolve();
  });
  return within('the server', timeoutMs, settled);
}

/** A subscriber may not say AUTH in RESP2: it reconnects, and subscribes again by itself. One that is not connected will use it when it is. */
async function authenticateAgain(client: RedisLike, secret: Secret): Promise<void> {
  if (client.status !== 'ready') return;
  if (client.mode === 'subscriber') return client.disconnect(true);
  await client.auth(client.options.username ?? 'default', secret.reveal());
}
