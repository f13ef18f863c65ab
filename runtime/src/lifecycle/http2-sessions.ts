/** The HTTP/2 sessions of a server. They are told to go in two steps, so that no stream is lost (RFC 9113, 6.8). */
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/** "A server that is attempting to gracefully shut down SHOULD send an initial GOAWAY with the last stream identifier set to 2^31-1". */
const ANY_STREAM = 2 ** 31 - 1;
/** Milliseconds to wait for a round trip that the peer may never answer. */
const ROUND_TRIP = 1_000;
/** Milliseconds in which a peer that has had everything says nothing. One that still reads what is on its way makes room for more, and says so. */
const SILENCE = 3_000;

/** Milliseconds in which a stream that has its answer may go on with its upload though nothing more of it comes. */
const UPLOAD = 1_000;
/** Milliseconds in which the head of a stream that was on its way when its session was told to go may come to its end. */
const HEAD = 1_000;

interface Quiet {
  bytesRead: number;
  /** Since when nothing was heard, of `performance.now()`. */
  since: number;
}

interface Held extends Quiet {
  readonly socket: Socket | undefined;
  /** Since when it takes no new stream and has none, of `performance.now()`. */
  freeSince: number | undefined;
}

export class Http2Sessions {
  readonly #sessions = new Map<ServerHttp2Session, Held>();
  #arriving: Socket | undefined;
  readonly #streams = new Map<ServerHttp2Stream, Quiet>();

  get size(): number {
    return this.#sessions.size;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** The socket of the session that is made next: a session itself shows none that could be destroyed. */
  connection(socket: Socket): void {
    this.#arriving = socket;
  }

  add(session: ServerHttp2Session, closed: boolean): void {
    this.#sessions.set(session, {
      socket: this.#arriving,
      bytesRead: 0,
      since: performance.now(),
      freeSince: undefined,
    });
    this.#arriving = undefined;
    session.once('close', () => this.#sessions.delete(session));
    if (closed) endSession(session);
  }

  stream(stream: ServerHttp2Stream): void {
    this.#streams.set(stream, { bytesRead: 0, since: performance.now() });
    stream.once('close', () => this.#streams.delete(stream));
  }

  /** Clients open no new streams from here on; open ones go on, and with the last the session ends. */
  close(): void {
    for (const session of this.#sessions.keys()) endSession(session);
  }

  /** A session that has ended waits for its peer to close, and one that sleeps or is gone never does. */
  sweep(): void {
    const now = performance.now();
    this.#sweepStreams(now);
    this.#sweepFree(now);
    for (const [session, held] of this.#sessions) {
      const { socket } = held;
      if (socket === undefined) continue;
      if (!session.destroyed || !socket.writableFinished || socket.bytesRead !== held.bytesRead) {
        held.bytesRead = socket.bytesRead;
        held.since = now;
      } else if (now - held.since >= SILENCE) socket.destroy();
    }
  }

  /** RFC 9113, 8.1: a client that has the whole answer may be told, without an error, to send no more. */
  #sweepStreams(now: number): void {
    for (const [stream, held] of this.#streams) {
      const session = stream.session as ServerHttp2Session | undefined;
      const bytesRead = (session && this.#sessions.get(session)?.socket?.bytesRead) ?? 0;
      if (!stream.writableFinished || bytesRead !== held.bytesRead) {
        held.bytesRead = bytesRead;
        held.since = now;
      } else if (now - held.since >= UPLOAD) stream.close(constants.NGHTTP2_NO_ERROR);
    }
  }

  /** Of half a head Node makes no stream, and waits for the other half for as long as its peer likes. */
  #sweepFree(now: number): void {
    const busy = new Set([...this.#streams.keys()].map(({ session }) => session));
    for (const [session, held] of this.#sessions) {
      if (!session.closed || busy.has(session)) held.freeSince = undefined;
      else if (now - (held.freeSince ??= now) >= HEAD) session.destroy();
    }
  }

  /** Not the sessions alone: of one that was closed before, `destroy` leaves the socket to its peer. */
  destroy(): void {
    for (const [session, { socket }] of this.#sessions) {
      session.destroy();
      socket?.destroy();
    }
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
