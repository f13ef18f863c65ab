/** WebSockets end with a close handshake; who does not answer it in time is terminated. */

/** The part of a `ws` WebSocketServer that is used. */
export interface WebSocketServerLike {
  readonly clients: Iterable<WebSocketLike>;
}

export interface WebSocketLike {
  readonly readyState: number;
  close(code?: number, reason?: string): void;
  terminate(): void;
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

/** The clients of one server on their way out, those included whose handshake was still under way when the drain began. */
export class EndingWebSockets {
  readonly #server: WebSocketServerLike;
  readonly #goodbye: readonly [code: number, reason: string];
  readonly #lastCall: number;
  readonly #closeWait: number;
  /** When each was told to close. */
  readonly #told = new Map<WebSocketLike, number>();

  /** `end` of the drain window, of `performance.now()`. */
  constructor(
    server: WebSocketServerLike,
    { code = 1012, reason = 'restart', stay = 0, closeWait = 5_000 }: WebSocketEnding,
    end: number,
  ) {
    this.#server = server;
    this.#goodbye = [code, reason];
    this.#lastCall = Math.min(performance.now() + stay, end - closeWait);
    this.#closeWait = closeWait;
  }

  get empty(): boolean {
    return [...this.#server.clients].every(({ readyState }) => readyState === CLOSED);
  }

  /** Tells whoever may stay no longer to close, and ends those that did not answer in time; to be repeated, because clients still come. */
  sweep(): void {
    const now = performance.now();
    if (now < this.#lastCall) return;
    for (const client of this.#server.clients) {
      const told = this.#told.get(client);
      if (told === undefined) {
        this.#told.set(client, now);
        client.close(...this.#goodbye);
      } else if (now - told >= this.#closeWait) client.terminate();
    }
  }

  terminate(): void {
    for (const client of this.#server.clients) client.terminate();
  }
}
