import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createHub } from './hub.ts';
import { notificationSockets } from './websocket.ts';

async function serving(): Promise<Server> {
  const server = createServer();
  notificationSockets(server, {
    hub: createHub({ revoked: () => false }),
    admit: () => Promise.reject(new Error('nobody gets so far')),
    origins: [],
    missed: async () => [],
    requestId: () => undefined,
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return server;
}

test('a socket that is refused is gone with the answer, though its client never closes', async () => {
  const server = await serving();
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void client.destroy());
  let answer = '';
  client.on('data', (data: Buffer) => (answer += data.toString())).on('error', () => {});
  client.write('GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nand more');
  await expect.poll(() => answer).toMatch(/^HTTP\/1\.1 404 [^]*\}$/);
  const open = () => new Promise<number>((done) => server.getConnections((_error, count) => done(count)));
  await expect.poll(open, { timeout: 2000 }).toBe(0);
});
