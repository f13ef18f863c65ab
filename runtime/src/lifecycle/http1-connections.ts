/** The HTTP/1.1 connections of a server, and the answer each is busy with. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { sayClose, saysClose, takeBack } from '../shared/say-close.ts';

interface Connection {
  readonly since: number;
  /** Bytes that had arrived when it became an HTTP connection: those of a TLS handshake. */
  readonly bytesBefore: number;
  /** The newest one; under pipelining the others finish before it. */
  response: ServerResponse | undefined;
  /** The one that was made to say that the connection ends. */
  last: ServerResponse | undefined;
  /** Bytes that had arrived at the last look, and since when it has had nothing to do. */
  bytesSeen: number;
  freeSince: number | undefined;
}

/** Where a socket keeps its connection: it is asked for with every request. */
const OF_SOCKET = Symbol('launchgate.connection');
type Known = Socket & { [OF_SOCKET]?: Connection };

/**
 * Milliseconds in which a new connection may send its first request although the server leaves; and any other what it has begun to send, once it is owed no
 * answer.
 */
export const FIRST_REQUEST = 1_000;

export class Http1Connections {
  readonly #open = new Map<Socket, Connection>();
  #leaving = false;

  get size(): number {
    return this.#open.size;
  }

  /** Connections with an answer that is not finished. */
  get busy(): number {
    return [...this.#open.values()].filter(({ response }) => isBusy(response)).length;
  }

  add(socket: Socket): void {
    const connection: Connection = {
      since: performance.now(),
      bytesBefore: socket.bytesRead,
      response: undefined,
      last: undefined,
      bytesSeen: socket.bytesRead,
      freeSince: undefined,
    };
    this.#open.set(socket, connection);
    (socket as Known)[OF_SOCKET] = connection;
    socket.once('close', () => this.#open.delete(socket));
  }

  /** It is no longer HTTP. */
  forget(socket: Socket): void {
    this.#open.delete(socket);
  }

  /**
   * False for a request that is not to be seen by anybody: one that was pipelined behind an answer which has said that it is the last. Its client
   * knows by that (RFC 9112, 9.6) that it was not processed, and asks elsewhere.
   */
  request(request: IncomingMessage, response: ServerResponse): boolean {
    // HTTP/2 has no Connection header (RFC 9113, 8.2.2), and is ended by its session.
    if (request.httpVersionMajor >= 2) return true;
    const connection = (request.socket as Known)[OF_SOCKET];
    if (connection?.last?.headersSent === true && saysClose(connection.last)) return false;
    if (connection !== undefined) connection.response = response;
    if (this.#leaving) closeAfter(response, connection);
    return true;
  }

  leave(): void {
    this.#leaving = true;
    for (const connection of this.#open.values())
      if (isBusy(connection.response)) closeAfter(connection.response, connection);
  }

  /**
   * Ends those that never asked anything, and those that Node does not call idle (`closeIdleConnections`) though nobody waits for an answer: half a head has
   * come, or the answer is out and its upload goes on.
   */
  sweep(): void {
    const now = performance.now();
    for (const [socket, connection] of this.#open) {
      const { since, bytesBefore, bytesSeen, response } = connection;
      const { bytesRead } = socket;
      const silent = response === undefined && bytesRead === bytesBefore;
      connection.bytesSeen = bytesRead;
      if (isBusy(response) || (isRead(response) && bytesRead > bytesSeen)) connection.freeSince = undefined;
      else if (now - (silent ? since : (connection.freeSince ??= now)) >= FIRST_REQUEST) socket.destroySoon();
    }
  }

  destroy(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }
}

function isBusy(response: ServerResponse | undefined): response is ServerResponse {
  return response !== undefined && !response.writableFinished && !response.destroyed;
}

/** Whether the application goes on reading what came with a request that it has answered. */
function isRead(response: ServerResponse | undefined): boolean {
  const request = response?.req;
  if (request === undefined || request.complete) return false;
  return request.listenerCount('data') + request.listenerCount('readable') > 0;
}

/**
 * RFC 9112, 9.6: the client knows then that this connection takes no further request. Too late once the header is out. Of pipelined answers
 * only the newest may say it: with the one that does the connection ends, and those behind it would be lost.
 */
function closeAfter(response: ServerResponse, connection: Connection | undefined): void {
  if (connection?.last?.headersSent === false) takeBack(connection.last);
  if (response.headersSent) return;
  sayClose(response);
  if (connection !== undefined) connection.last = response;
}
