/** A node agent that sends what is no message. */
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { AGENT_SUBPROTOCOL, FRAME, jsonFrame } from '@launchgate/node-agent/protocol';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { AgentConnection } from '../src/agent-connection.ts';
import { AgentLink } from '../src/agent-link.ts';
import { until } from './platform.ts';

const quiet = { info() {}, warn() {}, error() {} };

/** Says something to each gateway that connects. */
async function hostileNode(say: (socket: WebSocket) => void) {
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
  sockets.on('connection', say);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => (sockets.close(), void server.close()));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    gateway: 'g/1',
    connect: () => ({ ca, checkServerIdentity: () => undefined }),
    isAgent: () => true,
    reconnectWindow: 1000,
  };
}

it('is written down once, however much of it was on its way', async () => {
  const node = await hostileNode((socket) => {
    for (let n = 0; n < 1000; n++) socket.send(Buffer.from('none'));
  });
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
  const connection = new AgentConnection({ ...node, log: { info: note, warn: note, error: note } }, user);
  await until(() => connection.closed, 'the close');
  expect(lines).toEqual(['a node agent has sent what is no message']);
});

const OPENED = { created: true, seq: 0, inputSeq: 0, window: 262_144, recording: 'off' };

/** Opens a channel, and waits for the end of the connection. */
async function endOf(say: (socket: WebSocket) => void) {
  let closed: number | undefined;
  const node = await hostileNode((socket) => {
    socket.on('close', (code) => (closed = code));
    socket.on('message', () => say(socket));
  });
  const heard: string[] = [];
  const link = new AgentLink({ ...node, log: quiet });
  link.open({
    request: () => ({ mode: 'open', session: 's', user: 'u', node: 'n', fence: 1, cols: 80, rows: 24 }),
    output: () => void heard.push('output'),
    inputTaken: () => void heard.push('inputTaken'),
    opened: () => void heard.push('opened'),
    notice() {},
    exited() {},
    superseded() {},
    refused() {},
    unreachable() {},
    gone() {},
  });
  await until(() => closed, 'the close');
  link.close();
  return { closed, heard };
}

it('breaks its connection with an answer that nobody has asked for', async () => {
  const end = await endOf((socket) => {
    for (let n = 0; n < 3; n++) socket.send(jsonFrame(FRAME.opened, 1, OPENED));
  });
  expect(end).toEqual({ closed: 1002, heard: ['opened'] });
});

it('breaks its connection with a message that never ends', async () => {
  const end = await endOf((socket) => {
    for (let piece = 0; piece < 100; piece++) socket.send(Buffer.from([0x82]), { fin: false });
  });
  expect(end).toEqual({ closed: 1008, heard: [] });
});

it.each([
  ['output without a byte', [0x82, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
  ['output without a position', [0x82, 0, 0, 0, 1]],
  ['an acknowledgement without a position', [0x83, 0, 0, 0, 1, 0]],
  ['an acknowledgement beyond all numbers', [0x83, 0, 0, 0, 1, 255, 255, 255, 255, 255, 255, 255, 255]],
  ['a message without a header', [0x82]],
])('breaks its connection with %s, of which no session hears', async (_, bytes) => {
  expect(await endOf((socket) => socket.send(Buffer.from(bytes)))).toEqual({ closed: 1002, heard: [] });
});
