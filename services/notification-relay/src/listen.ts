/**
 * Hears of new rows by LISTEN on a connection of its own, which no pooler in transaction mode may share. It is renewed when it is lost;
 * meanwhile, and if it is never had, the relay polls.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

export interface Listener {
  /** Resolves at the next word, after `withinMs`, or when the signal comes. A word that came in between counts. */
  wake(withinMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly channel: 'outbox';
  readonly connect: () => Promise<Client>;
  readonly onLost: (error: unknown) => void;
  readonly signal: AbortSignal;
}

export function listen({ channel, connect, onLost, signal }: ListenOptions): Listener {
  let heard = false;
  let rouse = () => {};
  let client: Client | undefined;
  const word = () => {
    heard = true;
    rouse();
  };
  signal.addEventListener('abort', word, { once: true });
  const running = keepListening();
  return {
    async wake(withinMs) {
      if (!heard) {
        const timer = new AbortController();
        await Promise.race([
          new Promise<void>((resolve) => (rouse = resolve)),
          sleep(withinMs, undefined, { signal: timer.signal }).catch(() => undefined),
        ]);
        timer.abort();
      }
      heard = signal.aborted;
    },
    async close() {
      await client?.end().catch(() => undefined);
      await running;
    },
  };

  async function keepListening(): Promise<void> {
    for (let pause = 250; !signal.aborted; pause = Math.min(10_000, pause * 2)) {
      try {
        client = await connect();
        // Whoever closes has ended the one before, and knows nothing of this one.
        if (signal.aborted) return await client.end();
        const lost = new Promise<void>((resolve) => {
          client?.once('end', resolve);
          client?.on('error', onLost);
        });
        client.on('notification', word);
        await client.query(`LISTEN ${channel}`);
        // What came while nobody listened.
        word();
        pause = 250;
        await lost;
      } catch (error) {
        onLost(error);
        await client?.end().catch(() => undefined);
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
