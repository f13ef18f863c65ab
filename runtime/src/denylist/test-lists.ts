/** What the tests of the deny-list share. */
import { expect } from 'vitest';
import type { Change, Clock, DenylistSink, DenylistSource, Moment } from './types.ts';

/** A source that the test drives by hand. */
export function handSource(): DenylistSource & { readonly sink: () => DenylistSink } {
  let sink: DenylistSink | undefined;
  return {
    async run(given, signal) {
      sink = given;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    sink() {
      if (sink === undefined) throw new Error('the list was not started');
      return sink;
    },
  };
}

export class HandClock implements Clock {
  wall = 1_700_000_000_000;
  steady = 1000;

  now(): Moment {
    return { wall: this.wall, steady: this.steady };
  }

  pass(ms: number): void {
    this.wall += ms;
    this.steady += ms;
  }
}

export function change(id: number, kind: Change['kind'], value: string, more: Partial<Change> = {}): Change {
  return { id, mark: `mark-${id}`, kind, value, ...more };
}

/** Waits for what a real server does in its own time. */
export async function until(what: () => boolean, message: string): Promise<void> {
  await expect.poll(what, { timeout: 20_000, interval: 20, message }).toBe(true);
}
