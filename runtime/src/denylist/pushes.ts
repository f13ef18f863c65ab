/** What makes a revocation arrive in milliseconds instead of at the next poll. */
import { backoffMs, pause } from '../shared/pause.ts';
import { within } from '../shared/within.ts';
import type { Denylist } from './denylist.ts';
import type { PgQueryable } from './postgres-store.ts';
import type { Push } from './types.ts';

export const DENYLIST_SUBJECT = 'denylist.changed';

/** The part of a `pg` Client that is used. It must reach PostgreSQL directly: a pooler in transaction mode loses LISTEN. */
export interface PgListenClient extends PgQueryable {
  connect(): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'notification' | 'error' | 'end', listener: (argument: never) => void): unknown;
  /** Present on `pg` clients: closes the socket of a server that does not answer. */
  readonly connection?: { readonly stream?: { destroy(): void } };
}

/** The part of a NATS connection that is used. */
export interface NatsCore {
  publish(subject: string, payload?: Uint8Array | string): void;
  subscribe(subject: string): AsyncIterable<unknown> & { unsubscribe(): void };
}

const PROBE_EVERY = 10_000;
const PROBE_DEADLINE = 3000;

/** LISTEN on a connection of its own, made anew with jitter whenever it ends or stops answering. */
export function listenPush(connect: () => PgListenClient): Push {
  return {
    async run(wake, signal, failed) {
      for (let failures = 0; !signal.aborted; failures += 1) {
        const since = performance.now();
        await listen(connect, wake, signal).catch(failed);
        if (performance.now() - since > PROBE_EVERY) failures = 0;
        await pause(backoffMs(failures, 200, 10_000), signal);
      }
    },
  };
}

async function listen(connect: () => PgListenClient, wake: () => void, signal: AbortSignal): Promise<void> {
  const client = connect();
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  let cause: unknown;
  client.on('error', (error: Error) => ((cause = error), over.abort()));
  client.on('end', () => over.abort());
  client.on('notification', () => wake());
  try {
    await within('connecting for LISTEN', PROBE_DEADLINE, Promise.resolve(client.connect()));
    await within('LISTEN', PROBE_DEADLINE, client.query('LISTEN denylist'));
    wake();
    for (;;) {
      await pause(PROBE_EVERY, either);
      if (either.aborted) break;
      await within('the LISTEN connection', PROBE_DEADLINE, client.query('SELECT 1'));
    }
    if (cause !== undefined) throw cause;
  } finally {
    const ending = client.end().catch(() => undefined);
    await within('closing LISTEN', 500, ending).catch(() => client.connection?.stream?.destroy());
  }
}

/**
 * Subscribes to a core subject; the NATS client reconnects by itself, and what it missed the next poll sees. One that has given up (10 attempts by
 * default; `maxReconnectAttempts: -1` never does) is told of as a failure.
 */
export function natsPush(connection: NatsCore, subject: string = DENYLIST_SUBJECT): Push {
  return {
    async run(wake, signal, failed) {
      const subscription = connection.subscribe(subject);
      const stop = () => subscription.unsubscribe();
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      const messages = subscription[Symbol.asyncIterator]();
      while ((await messages.next()).done !== true) wake();
      if (!signal.aborted)
        failed(
          new Error(`the subscription to ${subject} has ended with its NATS connection: revocations take a poll now`),
        );
    },
  };
}

/** Says on NATS that this process has applied changes, for processes that cannot LISTEN; answers how to stop. */
export function announceOnNats(
  denylist: Denylist,
  connection: Pick<NatsCore, 'publish'>,
  subject: string = DENYLIST_SUBJECT,
): () => void {
  return denylist.onChange((changes) => connection.publish(subject, String(changes.at(-1)?.id ?? 0)));
}
