/** How a client's connection ends, whatever its node says and whatever its browser does. */
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Refused } from '@launchgate/node-agent/protocol';
import type { Client } from '../src/client.ts';
import { closeOfRefusal } from '../src/closes.ts';
import { DEFAULT_TIMEOUTS, watchClient } from '../src/watch.ts';
import { until } from './platform.ts';
import { playedClient } from './played-client.ts';

const clientOn = (socket: unknown) => playedClient(socket, { closed() {}, ended() {} }, { detach() {} });

const refusal = (message: string, code: Refused['code'] = 'spawn'): Refused => ({ code, message });

describe('the reason of a close', () => {
  it.each(['user-cap', 'spawn'] as const)('has room for 123 bytes of what a node says (%s)', (code) => {
    const cases = [
      ['short', 'short'],
      ['x'.repeat(200), 'x'.repeat(123)],
      ['ü'.repeat(100), 'ü'.repeat(61)],
      [`a${'😀'.repeat(60)}`, `a${'😀'.repeat(30)}`],
      ['\ud800'.repeat(100), '\ufffd'.repeat(41)],
    ];
    for (const [said, text] of cases) expect(closeOfRefusal(refusal(said ?? '', code))[1]).toBe(text);
  });

  it('arrives, though the node has said a hundred letters of two bytes', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const connected = new Promise<Client>((done) => server.once('connection', (socket) => done(clientOn(socket))));
    const browser = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    let closed: string | undefined;
    browser.on('close', (code, reason) => (closed = `${code} ${reason}`));
    const client = await connected;
    client.refused(refusal('ü'.repeat(100)));
    expect(await until(() => closed, 'the close', 5)).toBe(`4503 ${'ü'.repeat(61)}`);
  });
});

describe('a connection that is to end', () => {
  class Socket extends EventEmitter {
    terminated = false;
    closes = 0;
    throws = false;
    close(): void {
      this.closes += 1;
      if (this.throws) throw new RangeError('no such close');
    }
    terminate(): void {
      this.terminated = true;
    }
    ping(): void {}
    send(): void {}
  }

  it('is cut off where it cannot be closed', () => {
    const socket = new Socket();
    const client = clientOn(socket);
    socket.throws = true;
    client.close(1000, 'over', 'exit');
    expect(socket.terminated).toBe(true);
  });

  it('is cut off when it has been closing for too long, though its browser answers pings', () => {
    const socket = new Socket();
    const client = clientOn(socket);
    client.close(1000, 'over', 'exit');
    const start = performance.now();
    for (let second = 1; second <= 9; second++) {
      watchClient(client, start + second * 1000, DEFAULT_TIMEOUTS, true);
      socket.emit('pong');
    }
    expect(socket.terminated).toBe(false);
    watchClient(client, start + 12_000, DEFAULT_TIMEOUTS, true);
    expect(socket).toMatchObject({ terminated: true, closes: 1 });
  });
});
