/**
 * What TLS itself says to a certificate, from a handshake with itself in memory: what authorities may restrict (names, depth, use), only OpenSSL knows
 * as a whole.
 */
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { within } from '../shared/within.ts';
import type { Usage } from './bundle.ts';

/** Milliseconds; it takes a few. */
const DEADLINE = 10_000;

/**
 * The code with which a peer that trusts `ca` refuses the certificate, as a server's and as a client's; undefined where it takes it. Names are
 * not compared: which one is asked for, only the peer knows. Rejects where there is no handshake at all.
 */
export async function refusals(pem: {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}): Promise<Readonly<Record<Usage, string | undefined>>> {
  const [near, far] = duplexPair();
  const server = createServer({ ...pem, requestCert: true, rejectUnauthorized: false });
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  const failed = once(server, 'tlsClientError').then(([error]) => Promise.reject(error as Error));
  server.emit('connection', near);
  const client = connect({ ...pem, socket: far, rejectUnauthorized: false, checkServerIdentity: () => undefined });
  try {
    const both = Promise.all([accepted, once(client, 'secureConnect')]);
    const [[called]] = await within('TLS with itself', DEADLINE, Promise.race([both, failed]));
    return { serverAuth: refusalOf(client), clientAuth: refusalOf(called) };
  } finally {
    client.destroy();
    near.destroy();
  }
}

/** A code, whatever the types of Node say. */
function refusalOf({ authorized, authorizationError }: TLSSocket): string | undefined {
  return authorized ? undefined : String(authorizationError);
}
