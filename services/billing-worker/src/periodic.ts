/** What the worker does beside the messages: comparisons, invoices, and the numbers that are asked for rather than counted. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Periodic {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<void>;
}

export interface PeriodicOptions {
  readonly onFailure: (name: string, error: unknown) => void;
  readonly signal: AbortSignal;
  /** 0 to 1; replicas that start together do not stay together. */
  readonly random?: () => number;
}

/** Runs each at once and then in its interval, one run of each at a time; resolves when the signal has come and all runs have ended. */
export async function runPeriodically(jobs: readonly Periodic[], options: PeriodicOptions): Promise<void> {
  await Promise.all(jobs.map((job) => repeat(job, options)));
}

async function repeat(
  { name, everyMs, run }: Periodic,
  { onFailure, signal, random = Math.random }: PeriodicOptions,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await run();
    } catch (error) {
      onFailure(name, error);
    }
    await sleep(everyMs * (0.9 + 0.2 * random()), undefined, { signal }).catch(() => undefined);
  }
}
