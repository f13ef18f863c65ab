/** A node agent that sends what is no message. */
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { AGENT_SUBPROTOCOL } from '@launchgate/node-agent/protocol';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { AgentConnection } from '../src/agent-connection.ts';
import { until } from './platform.ts';

it('is written down once, however much of it was on its way', async () => {
  const authority = await makeAuthority();
  onTestFinished(() => rmSync(authority.folder, { recursive: true, force: true }));
  const files = await authority.issue('node-agent', { dns: ['localhost'] });
  const [cert, key, ca] = [files.cert, files.key, files.ca].map((file) => readFileSync(file)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const server = createServer({ cert, key });
  const sockets = new WebSocketServer({ server, handleProtocols: () => AGENT_SUBPROTOCOL });
  sockets.on('connection', (socket) => {
    for (let n = 0; n < 1000; n++) socket.send(Buffer.from('none'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => (sockets.close(), void server.close()));

  const lines: string[] = [];
  const note = (_fields: object, message: string) => void lines.push(message);
  const user = {
    needed: false,
    up() {},
    down() {},
    gone() {},
    message() {
      throw new Error('no message');
    },
  };
  const connection = new AgentConnection(
    {
      address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      gateway: 'g/1',
      connect: () => ({ ca, checkServerIdentity: () => undefined }),
      isAgent: () => true,
      reconnectWindow: 1000,
      log: { info: note, warn: note, error: note },
    },
    user,
  );
  await until(() => connection.closed, 'the close');
  expect(lines).toEqual(['a node agent has sent what is no message']);
});
