/** The public edge, as customers reach it. */

export interface EdgeCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | Uint8Array | object;
  /** Bearer token. */
  readonly token?: string;
  /** Another client address, where the target can tell apart (the lab: another loopback address); the edge counts rates by it. */
  readonly from?: string;
  readonly timeoutMs?: number;
}

export interface EdgeAnswer {
  readonly status: number;
  /** Lower-case names; several of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Milliseconds from the first byte sent to the last received, connection included. */
  readonly ms: number;
}

/** Where a raw connection goes: for hand-written requests, TLS scans and WebSockets. */
export interface EdgePlace {
  readonly address: string;
  readonly httpsPort: number;
  /** Port that redirects to https; `undefined` where none is open. */
  readonly httpPort?: number;
  /** PEM of the authorities that the edge's certificate must lead to; `undefined`: the system's. */
  readonly ca?: string;
}

/** What the Host header of a request says: the port of HTTPS goes without saying, and not every edge knows its hosts with it (RFC 9110, section 4.2.2). */
export function authorityOf(host: string, port: number): string {
  return port === 443 ? host : `${host}:${port}`;
}

export const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** What came of one TLS handshake, in which the client offers this version alone. */
export type Handshake =
  | {
      readonly came: 'accepted';
      readonly version: string;
      /** OpenSSL's name. */
      readonly cipher: string;
      /** Absent where the cipher asks for none. */
      readonly certificate?: EdgeCertificate;
    }
  /** The server ended it. */
  | { readonly came: 'refused'; readonly because: string }
  /** The client itself could not offer that, so that nothing is known of the server. */
  | { readonly came: 'unable'; readonly because: string };

export interface EdgeCertificate {
  readonly serial: string;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Why a client would not trust it: authority, name or time; absent where it would. */
  readonly untrusted?: string;
}

export interface Edge {
  /** Whether a call `from` another address is another client's to the edge. Elsewhere all calls are one client's. */
  readonly tellsClientsApart: boolean;
  /** The target's host name of a service's first public route: `api` -> `api.localhost`. */
  host(service: string): string;
  /** The target's name for a public host of the spec: `api.gpucloud.example` -> `api.localhost`. */
  hostFor(declared: string): string;
  readonly place: EdgePlace;
  /** One request on a connection of its own, redirects not followed. Rejects where there is no answer. */
  ask(host: string, path: string, call?: EdgeCall): Promise<EdgeAnswer>;
  /** Writes bytes as they are on a TLS (or, `plain`, TCP) connection and answers what came back until it was closed or `timeoutMs` passed. */
  raw(
    host: string,
    bytes: readonly (string | Uint8Array)[],
    options?: {
      readonly plain?: boolean;
      readonly pauseMs?: number;
      readonly timeoutMs?: number;
      /** Ends as soon as this text has come. */
      readonly until?: string;
      /** Told of all that has come so far, whenever there is more. */
      readonly seen?: (text: string) => void;
      /** As of a call. */
      readonly from?: string;
    },
  ): Promise<{ readonly text: string; readonly closedAfterMs: number | undefined }>;
  /** One handshake and no request. `ciphers` in OpenSSL's words, for versions up to 1.2; without them, all that the client knows. */
  handshake(host: string, version: TlsVersion, ciphers?: string): Promise<Handshake>;
}
