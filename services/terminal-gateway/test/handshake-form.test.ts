/** Handshakes that no library sends, on a socket of their own. */
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { openBrowser } from './browser.ts';
import { ORIGIN, until, type Platform } from './platform.ts';
import { sharePlatform } from './shared-platform.ts';

let platform: Platform;
sharePlatform((made) => (platform = made));

const HANDSHAKE = {
  host: 'localhost',
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  origin: ORIGIN,
};

const FAULTS: [what: string, status: number, headers: object, line?: string, body?: string][] = [
  ['another version', 426, { 'sec-websocket-version': '12' }],
  ['no key', 400, { 'sec-websocket-key': undefined }],
  ['no host', 400, { host: undefined }],
  ['a body', 400, { 'content-length': '5' }, 'GET', 'hello'],
  ['another method', 405, {}, 'POST'],
];

it.each(FAULTS)(
  'refuses %s, and leaves the ticket for another try',
  async (_what, status, headers, method = 'GET', body = '') => {
    const { port } = await platform.gateway();
    const { address } = await platform.agent();
    const ticket = await platform.ticket('s-form', address);
    const fields = { ...HANDSHAKE, 'sec-websocket-protocol': `launchgate.terminal.v1, ticket.${ticket}`, ...headers };
    const lines = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: platform.ca });
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString())).on('error', () => {});
    socket.write([`${method} /ws/terminal/s-form HTTP/1.1`, ...lines, '', body].join('\r\n'));
    await until(() => socket.closed, 'the answer');
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (status === 426) expect(answer).toContain('Sec-WebSocket-Version: 13\r\n');
    expect(await platform.redis.exists('session:s-form')).toBe(0);
    const browser = await openBrowser(port, 's-form', ticket, { ca: platform.ca });
    await until(() => browser.said('ready'), 'ready');
    browser.socket.terminate();
  },
);
