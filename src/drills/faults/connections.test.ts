import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { connectionsOf } from './connections.ts';

test('finds what a process is connected to, and no longer than it is', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const to = () => connectionsOf([process.pid]).filter(({ remotePort }) => remotePort === port);
  expect(to()).toEqual([]);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  expect(to()).toEqual([{ pid: process.pid, localPort: socket.localPort, remotePort: port }]);
  expect(connectionsOf([1 << 22])).toEqual([]);
  socket.destroy();
  await once(socket, 'close');
  expect(to()).toEqual([]);
  server.close();
});
