/** The HTTP/2 sessions of a server. They are told to go in two steps, so that no stream is lost (RFC 9113, 6.8). */
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';

/** "A server that is attempting to gracefully shut down SHOULD send an initial GOAWAY with the last stream identifier set to 2^31-1". */
const ANY_STREAM = 2 ** 31 - 1;
/** Milliseconds to wait for a round trip that the peer may never answer. */
const ROUND_TRIP = 1_000;

export class Http2Sessions {
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #streams = new Set<ServerHttp2Stream>();

  get size(): number {
    return this.#sessions.size;
  }

  get streams(): number {
    return this.#streams.size;
  }

  add(session: ServerHttp2Session, closed: boolean): void {
    this.#sessions.add(session);
    session.once('close', () => this.#sessions.delete(session));
    if (closed) endSession(session);
  }

  stream(stream: ServerHttp2Stream): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
  }

  /** Clients open no new streams from here on; open ones go on, and with the last the session ends. */
  close(): void {
    for (const session of this.#sessions) endSession(session);
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy();
  }
}

/** Warns first; a stream that was on its way is still served; after a round trip none is, and GOAWAY names the last. */
function endSession(session: ServerHttp2Session): void {
  if (session.closed || session.destroyed) return;
  let ended = false;
  const close = (): void => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    if (!session.closed && !session.destroyed) session.close();
  };
  const timer = setTimeout(close, ROUND_TRIP);
  session.once('close', close);
  session.goaway(constants.NGHTTP2_NO_ERROR, ANY_STREAM);
  if (!session.ping(close)) close();
}
