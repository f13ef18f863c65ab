import { setTimeout as sleep } from 'node:timers/promises';
import { processInfo } from './proc.ts';

const POLL_MS = 20;
/** Longer than any init takes to notice that a child has ended. */
const MOST_MS = 30_000;

/**
 * Waits until the kernel has forgotten the process: it stays, defunct, until its parent has noticed, and a server that finds its predecessor's pid in a lock
 * file takes it for one that runs. Returns after half a minute in any case: whoever is asked next says what is wrong.
 */
export async function untilForgotten(pid: number, signal: AbortSignal): Promise<void> {
  for (const end = Date.now() + MOST_MS; processInfo(pid) !== undefined && Date.now() < end;)
    await sleep(POLL_MS, undefined, { signal });
}
