/** One TLS handshake with one version, to see whether the server takes it. */
import { createHash, X509Certificate } from 'node:crypto';
import { checkServerIdentity, connect, type ConnectionOptions, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { EdgeCertificate, EdgePlace, Handshake, TlsVersion } from '../../../../model/drill/edge.ts';

const LONGEST_MS = 10_000;
/** What the client itself says when it has nothing to offer, or comes to no server; anything else came from the server. OpenSSL's and Node's names. */
const OWN =
  /NO_PROTOCOLS_AVAILABLE|NO_CIPHERS_AVAILABLE|NO_CIPHER_MATCH|UNSUPPORTED_PROTOCOL_VERSION|INVALID_PROTOCOL_VERSION|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL|EMFILE|ENFILE/;

/** Everything that OpenSSL still knows, so that a refusal is the server's. Security level 0 admits TLS 1.0 and short keys. */
const ALL = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';

export function handshake(
  { address, httpsPort, ca }: EdgePlace,
  host: string,
  version: TlsVersion,
  ciphers?: string,
): Promise<Handshake> {
  const options: ConnectionOptions = {
    host: address,
    port: httpsPort,
    servername: host,
    minVersion: version,
    maxVersion: version,
    ciphers: ciphers === undefined ? ALL : `${ciphers}:@SECLEVEL=0`,
    rejectUnauthorized: false,
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise((resolve) => {
    let socket: TLSSocket;
    const end = (answer: Handshake) => {
      resolve(answer);
      socket?.destroy();
    };
    try {
      socket = connect(options);
    } catch (error) {
      resolve({ came: 'unable', because: wordsOf(error) });
      return;
    }
    socket.setTimeout(LONGEST_MS, () => end({ came: 'unable', because: 'no answer within 10 s' }));
    socket.on('error', (error) =>
      end({ came: OWN.test(wordsOf(error)) ? 'unable' : 'refused', because: wordsOf(error) }),
    );
    socket.on('close', () => end({ came: 'refused', because: 'the connection was closed' }));
    socket.on('secureConnect', () => {
      const certificate = certificateOf(socket, host);
      end({
        came: 'accepted',
        version: socket.getProtocol() ?? 'unknown',
        cipher: socket.getCipher().name,
        ...(certificate === undefined ? {} : { certificate }),
      });
    });
  });
}

/** Anonymous ciphers show none. */
function certificateOf(socket: TLSSocket, host: string): EdgeCertificate | undefined {
  const peer: Partial<PeerCertificate> = socket.getPeerCertificate();
  if (!isWhole(peer)) return undefined;
  const certificate = new X509Certificate(peer.raw);
  const misnamed = checkServerIdentity(host, peer)?.message;
  const untrusted = misnamed ?? (socket.authorized ? undefined : String(socket.authorizationError ?? 'not trusted'));
  return {
    serial: certificate.serialNumber || createHash('sha256').update(peer.raw).digest('hex'),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    ...(untrusted === undefined ? {} : { untrusted }),
  };
}

/** Node answers an empty object where the peer has shown nothing. */
function isWhole(peer: Partial<PeerCertificate>): peer is PeerCertificate {
  return peer.raw !== undefined;
}

function wordsOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? String(error);
}
