/** How a server ends connections of their age: told by the answer, with nothing lost. */
import { rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { openCertificate, rotateServer, serverTls } from './index.ts';

test('tells a connection of its age that it ends, whatever the answer says itself, and loses none that is pipelined', async () => {
  const authority = await makeAuthority();
  const { cert: certFile, key: keyFile, ca: caFile } = await authority.issue('workload');
  const certificate = await openCertificate({ certFile, keyFile, caFile });
  const server = createServer(serverTls(certificate), (incoming, response) => {
    if (incoming.url === '/upgrade') response.setHeader('Connection', 'upgrade').setHeader('Upgrade', 'websocket');
    setTimeout(() => response.writeHead(incoming.url === '/upgrade' ? 426 : 200).end(incoming.url), 20);
  });
  const undo = rotateServer(server, certificate, { maxConnectionAgeMs: 1, graceMs: 60_000 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = async (...paths: string[]): Promise<string> => {
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ...certificate.client() });
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString())).on('error', () => undefined);
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
    await new Promise((resolve) => socket.once('close', resolve));
    return answer;
  };
  expect(await ask('/upgrade')).toMatch(/^HTTP\/1\.1 426 [^]*connection: upgrade, close\r\n/i);
  const pipelined = await ask('/1', '/2', '/3');
  expect(pipelined.match(/^\/\d/gm)).toEqual(['/1', '/2', '/3']);
  expect(pipelined.match(/connection: close/gi)).toHaveLength(1);
  undo();
  server.close();
  certificate.close();
  rmSync(authority.folder, { recursive: true });
});
