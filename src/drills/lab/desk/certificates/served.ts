/** The certificate that a server shows, verified as its clients verify it. */
import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type SecureContextOptions } from 'node:tls';

export interface Served {
  readonly protocol: 'postgres' | 'redis' | 'nats' | 'https';
  readonly port: number;
  readonly tls: SecureContextOptions;
}

const TIMEOUT_MS = 10_000;
/** Request for TLS: postgresql.org/docs/15/protocol-message-formats.html, SSLRequest. */
const POSTGRES_SSL = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Rejects when there is none, or one that does not verify. */
export async function servedCertificate({ protocol, port, tls }: Served): Promise<X509Certificate> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect', { signal });
    await introduce(protocol, socket, signal);
    const secured = connectTls({ socket, servername: 'localhost', ...tls });
    await once(secured, 'secureConnect', { signal });
    const shown = secured.getPeerX509Certificate();
    if (shown === undefined) throw new Error('the server shows no certificate');
    return shown;
  } finally {
    socket.destroy();
  }
}

async function introduce(protocol: Served['protocol'], socket: Socket, signal: AbortSignal): Promise<void> {
  if (protocol === 'postgres') {
    socket.write(POSTGRES_SSL);
    const [answer] = (await once(socket, 'data', { signal })) as [Buffer];
    if (answer.toString('latin1') !== 'S') throw new Error('the server does not offer TLS');
  }
  if (protocol === 'nats') await once(socket, 'data', { signal });
}
