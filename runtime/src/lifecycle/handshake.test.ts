import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { listen, until, wire } from '../../test/wire.ts';
import { answerUpgrade, handshakeFault } from './index.ts';

const GOOD = {
  host: 'Host: x',
  connection: 'Connection: Upgrade',
  upgrade: 'Upgrade: websocket',
  version: 'Sec-WebSocket-Version: 13',
  key: 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
};

async function judged(changes: Partial<Record<keyof typeof GOOD, string>>, line = 'GET / HTTP/1.1'): Promise<string> {
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    const fault = handshakeFault(request);
    answerUpgrade(socket, `HTTP/1.1 ${fault?.status ?? 101} ${fault?.because ?? 'good'}\r\n\r\n`);
  });
  const port = await listen(server);
  onTestFinished(() => void server.close());
  const client = await wire(port);
  const headers = Object.values({ ...GOOD, ...changes }).filter((header) => header !== '');
  client.socket.write([line, ...headers, '', ''].join('\r\n'));
  await until(client.ended, 'the answer');
  return client.received().split('\r\n')[0]?.slice('HTTP/1.1 '.length) ?? '';
}

test('a handshake of RFC 6455 is good, whatever its letters', async () => {
  expect(await judged({})).toBe('101 good');
  expect(await judged({ upgrade: 'UPGRADE: WebSocket', connection: 'connection: keep-alive, upgrade' })).toBe(
    '101 good',
  );
  expect(await judged({ key: `${GOOD.key}\r\nContent-Length: 0` })).toBe('101 good');
});

test('another version is told the right one', async () => {
  for (const version of ['', 'Sec-WebSocket-Version: 8', 'Sec-WebSocket-Version: 13.0', 'Sec-WebSocket-Version: 13, 8'])
    expect(await judged({ version }), version).toBe('426 version');
});

test('what is no handshake is refused, and a body is never read as frames', async () => {
  expect(await judged({}, 'POST / HTTP/1.1')).toBe('405 method');
  expect(await judged({}, 'GET / HTTP/1.0')).toBe('400 http version');
  expect(await judged({ host: '' })).toBe('400 host');
  expect(await judged({ host: 'Host: x\r\nHost: y' })).toBe('400 host');
  expect(await judged({ upgrade: 'Upgrade: h2c' })).toBe('400 upgrade');
  for (const key of ['', 'Sec-WebSocket-Key: abc', `${GOOD.key}\r\n${GOOD.key}`])
    expect(await judged({ key }), key).toBe('400 key');
  expect(await judged({ key: `${GOOD.key}\r\nContent-Length: 5` })).toBe('400 body');
  expect(await judged({ key: `${GOOD.key}\r\nTransfer-Encoding: chunked` })).toBe('400 body');
});
