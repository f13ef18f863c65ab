/**
 * Answers that have no end of their own: event streams and long-polls. Nothing but the application can end them well, so it
 * says how when it begins one.
 */
import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { randomInt } from 'node:crypto';

export type AnyResponse = ServerResponse | Http2ServerResponse;

/** When a client should come back, and until when this process waits for it to go. */
export interface RetryHint {
  /** Milliseconds, another number for each client, so that they do not all come back at once. */
  readonly retryAfterMs: number;
  readonly deadline: Date;
}

export type Finish = (hint: RetryHint) => void;

/** Every open one, and how to end it. */
export class OpenEnded {
  readonly #open = new Map<AnyResponse, Finish>();

  get size(): number {
    return this.#open.size;
  }

  add(response: AnyResponse, finish: Finish): void {
    if (response.destroyed || response.writableEnded) return;
    this.#open.set(response, finish);
    response.once('close', () => this.#open.delete(response));
  }

  /** Ends all. One whose `finish` throws is destroyed: it would stay for ever. */
  endAll(hint: () => RetryHint): void {
    for (const [response, finish] of this.#open) {
      this.#open.delete(response);
      try {
        finish(hint());
      } catch {
        response.destroy();
      }
    }
  }
}

export function jittered({ min, max }: { min: number; max: number }): number {
  return randomInt(Math.floor(min), Math.floor(max) + 1);
}

/**
 * Ends an event stream: `retry:` sets the client's reconnection time, and an event `drain` tells code that listens
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation). The status stays 200:
 * an EventSource gives up for ever after any other. One that has ended already, and is still on its way to a slow client, stays as it is.
 */
export function endEventStream(response: AnyResponse, { retryAfterMs }: RetryHint): void {
  if (response.writableEnded) return;
  if (!response.headersSent) {
    response.setHeader('content-type', 'text/event-stream');
    response.setHeader('cache-control', 'no-store');
  }
  response.end(`retry: ${retryAfterMs}\nevent: drain\ndata: ${JSON.stringify({ retryAfterMs })}\n\n`);
}

/** Ends a long-poll as one without news: 204 with Retry-After (RFC 9110, 10.2.3), if nothing was sent yet. */
export function endLongPoll(response: AnyResponse, { retryAfterMs }: RetryHint): void {
  if (!response.headersSent) {
    response.statusCode = 204;
    response.setHeader('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
  }
  response.end();
}
