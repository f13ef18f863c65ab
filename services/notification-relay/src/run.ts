/** Relays batch after batch: at once while there is more, on the outbox's word, and every so often in case a word was lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Relayed } from './relay.ts';

export interface RunOptions {
  readonly batch: () => Promise<Relayed>;
  /** Resolves when the outbox has something new, after `withinMs`, or when the signal comes. */
  readonly wake: (withinMs: number) => Promise<void>;
  readonly pollMs: number;
  readonly onRelayed: (relayed: Relayed) => void;
  readonly onFailure: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Milliseconds to another look when the rest belongs to a relay that is at work on it. */
const CONTENDED = 50;
/** Milliseconds between tries while PostgreSQL or Redis is away: doubles up to this. */
const LONGEST_PAUSE = 5000;

/** Resolves once the signal has come and the batch under way has ended. */
export async function runRelay({ batch, wake, pollMs, onRelayed, onFailure, signal }: RunOptions): Promise<void> {
  let pause = 100;
  while (!signal.aborted) {
    try {
      const relayed = await batch();
      onRelayed(relayed);
      pause = 100;
      if (!relayed.more) await wake(relayed.contended ? Math.min(CONTENDED, pollMs) : pollMs);
    } catch (error) {
      onFailure(error);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(LONGEST_PAUSE, pause * 2);
    }
  }
}
