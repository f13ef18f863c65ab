/** The serving side: new certificates for new connections, and an end to old connections well before their certificate's. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Server, TLSSocket, TlsOptions } from 'node:tls';
import { sayClose, takeBack } from '../shared/say-close.ts';
import type { WorkloadCertificate } from './certificate.ts';
import { contextOf } from './certificate.ts';

/** For `https.createServer`, `tls.createServer` and Fastify's `https`: clients need a certificate of the same authorities. */
export function serverTls(certificate: WorkloadCertificate): TlsOptions {
  return { ...contextOf(certificate.current), requestCert: true, rejectUnauthorized: true };
}

export interface RotationOptions {
  /** A connection is told to end at this age, in ms; it must lie below the certificates' TTL. Default 1 hour. */
  readonly maxConnectionAgeMs?: number;
  /** How long a connection of that age may still wait for a request, or finish one, in ms. Default 30 s. */
  readonly graceMs?: number;
  readonly onClosed?: (because: 'idle' | 'grace' | 'expired') => void;
}

const HOUR = 3_600_000;

interface Connection {
  readonly since: number;
  /** When the peer's own certificate ends: nothing outlives it. */
  readonly peerExpires: number;
  requests: number;
  told: number | undefined;
  /** The answer that was made to say that it ends. */
  last: ServerResponse | undefined;
}

/**
 * `setSecureContext` at each change; `server.setSecureContext` leaves old connections alone, so these are ended by age: HTTP/1.1
 * answers say `Connection: close`, and what is still there after the grace is ended. Not before: a request may be under way on a
 * connection that looks idle, so the grace should exceed the server's `keepAliveTimeout`. Returns the undo.
 */
export function rotateServer(
  server: Server | HttpsServer,
  certificate: WorkloadCertificate,
  options: RotationOptions = {},
): () => void {
  const { maxConnectionAgeMs = HOUR, graceMs = 30_000, onClosed } = options;
  const connections = new Map<TLSSocket, Connection>();
  const isHttp = 'setTimeout' in server && 'closeIdleConnections' in server;

  function opened(socket: TLSSocket): void {
    const peerExpires = socket.authorized ? Date.parse(socket.getPeerCertificate().valid_to) : Number.POSITIVE_INFINITY;
    const jitter = Math.random() * maxConnectionAgeMs * 0.1;
    connections.set(socket, {
      since: performance.now() - jitter,
      peerExpires,
      requests: 0,
      told: undefined,
      last: undefined,
    });
    socket.once('close', () => connections.delete(socket));
  }
  function requested(request: IncomingMessage, response: ServerResponse): void {
    const connection = connections.get(request.socket as TLSSocket);
    if (connection === undefined) return;
    connection.requests++;
    response.once('close', () => connection.requests--);
    if (
      performance.now() - connection.since >= maxConnectionAgeMs &&
      request.httpVersionMajor === 1 &&
      !response.headersSent
    ) {
      connection.told ??= performance.now();
      // With the answer that says it the connection ends, and those that are pipelined behind it would be lost.
      if (connection.last?.headersSent === false) takeBack(connection.last);
      sayClose(response);
      connection.last = response;
    }
  }
  function sweep(): void {
    const now = performance.now();
    const today = Date.now();
    for (const [socket, connection] of connections) {
      if (connection.peerExpires <= today) end(socket, 'expired');
      else if (now - connection.since < maxConnectionAgeMs) continue;
      else if (now - (connection.told ??= now) >= graceMs)
        end(socket, isHttp && connection.requests === 0 ? 'idle' : 'grace');
    }
  }
  function end(socket: TLSSocket, because: 'idle' | 'grace' | 'expired'): void {
    connections.delete(socket);
    if (because === 'idle') socket.end();
    else socket.destroy();
    onClosed?.(because);
  }
  const unsubscribe = certificate.subscribe((bundle) => server.setSecureContext(contextOf(bundle)));
  const timer = setInterval(sweep, Math.min(1000, Math.max(20, maxConnectionAgeMs / 10)));
  timer.unref();
  server.on('secureConnection', opened);
  if (isHttp) server.prependListener('request', requested);
  return () => {
    unsubscribe();
    clearInterval(timer);
    server.removeListener('secureConnection', opened);
    server.removeListener('request', requested);
  };
}
