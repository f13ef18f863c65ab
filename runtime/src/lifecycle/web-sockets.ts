/** WebSockets end with a close handshake; who does not answer it in time is terminated. */
import { setTimeout as delay } from 'node:timers/promises';

/** The part of a `ws` WebSocketServer that is used. */
export interface WebSocketServerLike {
  readonly clients: Iterable<{
    readonly readyState: number;
    close(code?: number, reason?: string): void;
    terminate(): void;
  }>;
}

export interface WebSocketEnding {
  /** 1012 "service restart" (IANA registry of WebSocket close codes): clients may come back. */
  readonly code?: number;
  readonly reason?: string;
  /** Milliseconds that clients may stay, of the drain window, before they are closed. */
  readonly stay?: number;
  /** Milliseconds to wait for the other side's close frame. */
  readonly closeWait?: number;
}

const CLOSED = 3;
const LOOK = 20;

/** Resolves when no client is left, at the latest at `end` (of `performance.now()`) or when it is forced. */
export async function endWebSockets(
  server: WebSocketServerLike,
  { code = 1012, reason = 'restart', stay = 0, closeWait = 5_000 }: WebSocketEnding,
  end: number,
  forced: AbortSignal,
): Promise<void> {
  const lastCall = Math.min(performance.now() + stay, end - closeWait);
  await until(() => isEmpty(server), lastCall, forced);
  for (const client of server.clients) client.close(code, reason);
  await until(() => isEmpty(server), Math.min(performance.now() + closeWait, end), forced);
  for (const client of server.clients) client.terminate();
}

function isEmpty({ clients }: WebSocketServerLike): boolean {
  return [...clients].every(({ readyState }) => readyState === CLOSED);
}

async function until(holds: () => boolean, end: number, forced: AbortSignal): Promise<void> {
  while (!holds() && performance.now() < end && !forced.aborted) await delay(LOOK);
}
