/** What no browser sends: frames by hand, over a real TLS socket. The gateway answers with the code that RFC 6455 asks for, and lives. */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import { ORIGIN, startPlatform, until, type Platform } from './platform.ts';

let server: RedisServer;
let platform: Platform;
let gateway: Server;
let port: number;
let address: string;
let sessions = 0;

beforeAll(async () => {
  server = await startRedis();
  platform = await startPlatform(await makeAuthority(), server.url);
  ({ port, server: gateway } = await platform.gateway({ sessionsPerUser: 1000 }));
  ({ address } = await platform.agent());
});
afterAll(async () => {
  await platform.clean();
  platform.stop();
  await server.stop();
});

interface RawClient {
  readonly socket: TLSSocket;
  received: Buffer;
  ended: boolean;
}

function rawSocket(text: string): RawClient {
  // Its own end stays open until it is destroyed.
  const options = { port, host: '127.0.0.1', servername: 'localhost', ca: platform.ca, allowHalfOpen: true };
  const socket = connect(options);
  const client: RawClient = { socket, received: Buffer.alloc(0), ended: false };
  socket.on('data', (data: Buffer) => (client.received = Buffer.concat([client.received, data])));
  socket.on('close', () => (client.ended = true));
  socket.on('error', () => {});
  socket.write(text);
  return client;
}

async function handshake(): Promise<string> {
  const session = `raw-${++sessions}`;
  const ticket = await platform.ticket(session, address);
  return [
    `GET /ws/terminal/${session} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: launchgate.terminal.v1, ticket.${ticket}`,
    `Origin: ${ORIGIN}`,
    '',
    '',
  ].join('\r\n');
}

/** A frame of a client: `first` is FIN, RSV and opcode. */
function frame(
  first: number,
  payload: Buffer | string,
  { masked = true, length }: { masked?: boolean; length?: number } = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const mask = masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0);
  const said = length ?? bytes.length;
  const head = said < 126 ? Buffer.from([first, said]) : Buffer.alloc(10);
  if (said >= 126) {
    head.set([first, 127]);
    head.writeBigUInt64BE(BigInt(said), 2);
  }
  if (masked) head[1] = (head[1] ?? 0) | 0x80;
  const body = masked ? bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : bytes;
  return Buffer.concat([head, mask, body]);
}

const HELLO = '{"type":"hello","cols":80,"rows":24}';

/** The code of the close frame that the gateway has sent, after its handshake and whatever else. */
function closeCode({ received }: RawClient): number | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  for (let at = end + 4; at + 2 <= received.length;) {
    const short = (received[at + 1] ?? 0) & 0x7f;
    const [head, length] = short === 126 ? [4, received.readUInt16BE(at + 2)] : [2, short];
    if (received[at] === 0x88) return length < 2 ? 1005 : received.readUInt16BE(at + head);
    at += head + length;
  }
  return undefined;
}

const code = (value: number) => Buffer.from([value >> 8, value & 255]);
const violations: [what: string, closesWith: number, frames: Buffer[]][] = [
  ['a frame without a mask', 1002, [frame(0x81, HELLO, { masked: false })]],
  ['a reserved opcode', 1002, [frame(0x83, 'x')]],
  ['a reserved control opcode', 1002, [frame(0x8b, 'x')]],
  ['a reserved bit', 1002, [frame(0xc1, HELLO)]],
  ['compression that was not agreed on', 1002, [frame(0xc2, 'x')]],
  ['a continuation of nothing', 1002, [frame(0x80, 'x')]],
  ['a new message within another', 1002, [frame(0x01, '{'), frame(0x81, HELLO)]],
  ['a ping in fragments', 1002, [frame(0x09, 'x')]],
  ['a ping of 126 bytes', 1002, [frame(0x89, Buffer.alloc(126))]],
  ['a close of one byte', 1002, [frame(0x88, 'x')]],
  ['a close with 999', 1002, [frame(0x88, code(999))]],
  ['a close with 1005', 1002, [frame(0x88, code(1005))]],
  ['a close with 1006', 1002, [frame(0x88, code(1006))]],
  ['a close with 65535', 1002, [frame(0x88, code(65_535))]],
  ['a close whose reason is no UTF-8', 1007, [frame(0x88, Buffer.concat([code(1000), Buffer.from([0xff])]))]],
  ['a text that is no UTF-8', 1007, [frame(0x81, Buffer.from([0xc3, 0x28]))]],
  ['a text with a surrogate', 1007, [frame(0x81, Buffer.from([0xed, 0xa0, 0x80]))]],
  ['a length of 2^63', 1009, [frame(0x82, '', { length: 2 ** 63 })]],
  ['a length of 1 GiB', 1009, [frame(0x82, '', { length: 2 ** 30 })]],
  ['fragments that add up to too much', 1009, [frame(0x02, Buffer.alloc(10_000)), frame(0x00, Buffer.alloc(10_000))]],
  [
    'a message in more pieces than anybody makes',
    1008,
    [frame(0x81, HELLO), frame(0x01, ''), ...Array<Buffer>(100).fill(frame(0x00, 'x'))],
  ],
  ['input before its hello', 4400, [frame(0x82, Buffer.alloc(9))]],
];

describe('a violation of the protocol', () => {
  it.each(violations)('%s closes with %i', async (_what, expected, frames) => {
    const client = rawSocket(await handshake());
    await until(() => client.received.includes('\r\n\r\n'), 'the handshake');
    for (const bytes of frames) client.socket.write(bytes);
    expect(await until(() => closeCode(client), 'the close')).toBe(expected);
    client.socket.destroy();
  });

  it('is no message in fragments, byte by byte, with pings between', async () => {
    const client = rawSocket(await handshake());
    await until(() => client.received.includes('\r\n\r\n'), 'the handshake');
    const parts = [...HELLO].map((letter, index, all) =>
      frame((index === 0 ? 1 : 0) | (index === all.length - 1 ? 0x80 : 0), letter),
    );
    for (const part of parts) client.socket.write(Buffer.concat([part, frame(0x89, 'p')]));
    await until(() => client.received.includes('"type":"ready"'), 'ready');
    client.socket.destroy();
  });

  it('does not keep the socket of whom it refuses, though that one never closes', async () => {
    const open = () => new Promise<number>((done) => gateway.getConnections((_error, count) => done(count)));
    const before = await open();
    const client = rawSocket((await handshake()).replace(ORIGIN, 'https://evil.test'));
    client.socket.write('more of what nobody reads');
    await until(() => client.received.includes('HTTP/1.1 403'), 'the refusal');
    await until(async () => (await open()) <= before, 'the end of the connection', 2);
    client.socket.destroy();
  });

  it('before the handshake is refused in HTTP', async () => {
    const text = await handshake();
    const broken = [
      text.replace('Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 12'),
      text.replace(/Sec-WebSocket-Key: .*/, 'Sec-WebSocket-Key: short'),
      text.replace('Upgrade: websocket', 'Upgrade: chat'),
      text.replace('GET', 'POST'),
      `${text.slice(0, -4)}\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`,
      'GET /ws/terminal/x HTTP/1.1\r\n\r\n',
      '\x16\x03\x01garbage\r\n\r\n',
    ];
    for (const request of broken) {
      const client = rawSocket(request);
      await until(() => client.ended || client.received.toString('latin1').startsWith('HTTP/1.1 4'), 'a refusal');
      expect(client.received.toString('latin1')).not.toContain(' 101 ');
      client.socket.destroy();
    }
    const alive = await platform.browser(port, 'still-alive', address);
    await until(() => alive.said('ready'), 'ready');
  });
});
