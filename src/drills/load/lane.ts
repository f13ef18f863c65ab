/** A lane carries one request at a time: a connection of HTTP/1.1, a stream of HTTP/2, a WebSocket. */
import type { ErrorKind } from './plan.ts';

export interface Lane {
  /** Sends the request with that number of the plan; opens a connection where there is none. Exactly one `settle` follows, never at once. */
  send(request: number): void;
  /** Gives up what is under way; nothing is settled any more. */
  cancel(): void;
  close(): void;
}

/** Told by a lane how its request ended: with a status, or without an answer. */
export interface Settle {
  /** `id`: what the header that the plan names said, if it names one. */
  answered(lane: number, status: number, id?: string): void;
  failed(lane: number, kind: ErrorKind): void;
}

const KINDS: Readonly<Record<string, ErrorKind>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EADDRNOTAVAIL: 'local',
  EADDRINUSE: 'local',
  EMFILE: 'local',
  ENFILE: 'local',
  ENOBUFS: 'local',
  EPROTO: 'tls',
  ERR_HTTP2_STREAM_ERROR: 'reset',
  ERR_HTTP2_SESSION_ERROR: 'closed',
  ERR_HTTP2_GOAWAY_SESSION: 'closed',
};

/** Words of OpenSSL for a certificate that does not verify, and of Node for a handshake that failed. */
const TLS = /^(?:ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH)/;

export function kindOf(error: unknown): ErrorKind {
  if (!(error instanceof Error)) return 'other';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return KINDS[code] ?? (TLS.test(code) ? 'tls' : 'other');
}
