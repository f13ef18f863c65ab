import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { issueLeaf, makeGeneration, revocationList, type Leaf } from './authority.ts';

const NAMES = {
  commonName: 'drill',
  dns: ['localhost'],
  ip: ['127.0.0.1'],
  spiffe: 'spiffe://gpucloud.internal/drill',
};

test('a server that reads the list of revoked certificates refuses those on it, and no others', async () => {
  const authority = await makeGeneration('lab');
  const [own, withdrawn, good] = await Promise.all([1, 2, 3].map(() => issueLeaf(authority, NAMES)));
  const lists = await revocationList(authority, [new X509Certificate(withdrawn!.chain).serialNumber], 24);
  const server = createServer(
    {
      cert: own!.chain,
      key: own!.key,
      ca: authority.bundle,
      // Node reads one list of a text.
      crl: lists.split(/(?<=-----END X509 CRL-----\n)\s*/).filter(Boolean),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket) => socket.end(socket.authorized ? 'in' : String(socket.authorizationError)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    expect(await comeAs(good!)).toBe('in');
    expect(await comeAs(withdrawn!)).toBe('CERT_REVOKED');
  } finally {
    server.close();
  }

  /** What the server said. */
  function comeAs({ chain, key }: Leaf): Promise<string> {
    return new Promise((resolve) => {
      let said = '';
      connect({ host: 'localhost', port, cert: chain, key, ca: authority.bundle })
        .on('data', (chunk) => (said += chunk.toString()))
        .on('error', (error) => (said += error.message))
        .on('close', () => resolve(said));
    });
  }
});
