/** The order of leaving, from the signal to the last byte. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AttachedServer, CutOff } from './attached-server.ts';
import { jittered, type OpenEnded, type RetryHint } from './open-ended.ts';
import type { Settings } from './options.ts';
import { EndingWebSockets, type WebSocketEnding, type WebSocketServerLike } from './web-sockets.ts';

export interface Endable {
  readonly server: WebSocketServerLike;
  readonly ending: WebSocketEnding;
}

export interface DrainSubject {
  readonly servers: readonly AttachedServer[];
  readonly openEnded: OpenEnded;
  readonly webSockets: readonly Endable[];
}

/** Milliseconds between two looks for connections that have become idle. */
const SWEEP = 50;

/** Serves on, and lets every client know that its connection ends. Where nothing listens there is no news that could spread. */
export async function leave({ servers }: DrainSubject, settings: Settings, forced: AbortSignal): Promise<void> {
  for (const server of servers) server.leave();
  if (settings.propagationDelay > 0 && servers.some(({ listening }) => listening))
    await pause(settings.propagationDelay, forced);
}

/** Takes nothing new, ends what has no end of its own, waits for the rest, and cuts off what is left when the window is over. */
export async function drain(subject: DrainSubject, settings: Settings, forced: AbortSignal): Promise<CutOff> {
  // Clients are told a time of day; what is waited for goes by the clock that nobody sets.
  const deadline = new Date(Date.now() + settings.drainWindow);
  const end = performance.now() + settings.drainWindow;
  for (const server of subject.servers) server.close();
  subject.openEnded.endAll((): RetryHint => ({ retryAfterMs: jittered(settings.retryAfter), deadline }));
  const endings = subject.webSockets.map(({ server, ending }) => new EndingWebSockets(server, ending, end));
  for (const ending of endings) ending.sweep();
  await untilEmpty([...subject.servers, ...endings], end, forced);
  for (const ending of endings) ending.terminate();
  return cutOff(subject);
}

async function untilEmpty(
  open: readonly { readonly empty: boolean; sweep(): void }[],
  end: number,
  forced: AbortSignal,
): Promise<void> {
  while (open.some(({ empty }) => !empty) && performance.now() < end && !forced.aborted) {
    await pause(SWEEP, forced);
    for (const one of open) one.sweep();
  }
}

export function cutOff({ servers }: DrainSubject): CutOff {
  const cuts = servers.map((server) => server.destroy());
  const sum = (of: keyof CutOff): number => cuts.reduce((total, cut) => total + cut[of], 0);
  return { requests: sum('requests'), streams: sum('streams'), upgraded: sum('upgraded') };
}

/** Ends early, and without an error, when it is forced. */
async function pause(milliseconds: number, forced: AbortSignal): Promise<void> {
  if (forced.aborted) return;
  await delay(milliseconds, undefined, { signal: forced }).catch(() => undefined);
}
