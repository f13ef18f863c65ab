/** Who is at the other end of an mTLS connection: the SPIFFE ids of its verified certificate. */
import { TLSSocket } from 'node:tls';

/** The first of `allowed` that the peer's verified certificate carries; undefined when it carries none, or nothing was verified. */
export function allowedPeer(socket: unknown, allowed: readonly string[]): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const names = socket.getPeerX509Certificate()?.subjectAltName ?? '';
  const ids = names.split(', ').flatMap((name) => (name.startsWith('URI:') ? [name.slice('URI:'.length)] : []));
  return allowed.find((id) => ids.includes(id));
}
