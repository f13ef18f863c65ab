import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createHub } from './hub.ts';
import { NOTIFICATIONS_PATH, NOTIFICATIONS_PROTOCOL, notificationSockets, type UpgradeDeps } from './websocket.ts';

const ALICE = { sub: 'alice', exp: Date.now() / 1000 + 60 } as Awaited<ReturnType<UpgradeDeps['admit']>>;
const nobody: UpgradeDeps['admit'] = () => Promise.reject(new Error('nobody gets so far'));

async function serving(admit = nobody): Promise<Server> {
  const server = createServer();
  notificationSockets(server, {
    hub: createHub({ revoked: () => false }),
    admit,
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

async function answerTo(server: Server, target: string, headers = ''): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1' });
  let answer = '';
  client.on('data', (data: Buffer) => (answer += data.toString())).on('error', () => {});
  client.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`);
  await once(client, 'close');
  return answer;
}

test.each([
  '//',
  '//[',
  'http://[',
  `http://evil.test${NOTIFICATIONS_PATH}`,
  `//evil.test${NOTIFICATIONS_PATH}`,
  `/x/..${NOTIFICATIONS_PATH}`,
  '/api/v1/%6eotifications',
  `${NOTIFICATIONS_PATH}/`,
  `${NOTIFICATIONS_PATH};x`,
  '*',
])('a target that is no path of a socket is none: %s', async (target) => {
  expect(await answerTo(await serving(), target)).toMatch(/^HTTP\/1\.1 404 /);
});

test('a query that says nothing, or garbage, changes no path', async () => {
  const server = await serving();
  for (const query of ['?', '?after=', '?%', '?x=//[', '?a?b']) {
    const answer = await answerTo(server, NOTIFICATIONS_PATH + query);
    expect(answer, query).toContain(`Offer the subprotocol ${NOTIFICATIONS_PROTOCOL}`);
  }
});

test('what is no handshake of a WebSocket is refused before its token is looked at', async () => {
  const server = await serving(() => Promise.reject(new Error('the token was looked at')));
  const offer = `Sec-WebSocket-Protocol: ${NOTIFICATIONS_PROTOCOL}, bearer.x\r\n`;
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const other = await answerTo(server, NOTIFICATIONS_PATH, `${offer}${key}Sec-WebSocket-Version: 12\r\n`);
  expect(other).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n[^]*Sec-WebSocket-Version: 13\r\n/);
  for (const fault of ['', `${key}Content-Length: 5\r\n`, `${key}Transfer-Encoding: chunked\r\n`])
    expect(await answerTo(server, NOTIFICATIONS_PATH, `${offer}Sec-WebSocket-Version: 13\r\n${fault}`), fault).toMatch(
      /^HTTP\/1\.1 400 /,
    );
});

test('a client that talks is let go, and is not to come back', async () => {
  const { port } = (await serving(async () => ALICE)).address() as AddressInfo;
  for (const said of ['x', Buffer.from('x'), '']) {
    const client = new WebSocket(`ws://127.0.0.1:${port}${NOTIFICATIONS_PATH}`, [NOTIFICATIONS_PROTOCOL, 'bearer.x']);
    await once(client, 'open');
    client.send(said);
    client.send(said);
    expect((await once(client, 'close'))[0]).toBe(1008);
  }
});

test('a message that never ends is not kept either', async () => {
  const { port } = (await serving(async () => ALICE)).address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}${NOTIFICATIONS_PATH}`, [NOTIFICATIONS_PROTOCOL, 'bearer.x']);
  await once(client, 'open');
  for (let piece = 0; piece < 100; piece++) client.send('x', { fin: false });
  expect((await once(client, 'close'))[0]).toBe(1008);
});
