/** A browser that takes nothing and goes on asking, or one that takes much: by numbers alone, on a socket that keeps what it is given. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { MOST_WAITING } from '../src/client-answers.ts';
import type { Client } from '../src/client.ts';
import { DEFAULT_TIMEOUTS, watchClient } from '../src/watch.ts';
import { playedClient } from './played-client.ts';

class Socket extends EventEmitter {
  bufferedAmount = 0;
  readonly sent: string[] = [];
  closed: number | undefined;
  send(data: string | Buffer): void {
    this.bufferedAmount += data.length;
    if (typeof data === 'string') this.sent.push(data);
  }
  close(code: number): void {
    this.closed = code;
  }
  ping(): void {}
  said(type: string): number {
    return this.sent.filter((text) => text.includes(`"type":"${type}"`)).length;
  }
}

function live(): { client: Client; socket: Socket } {
  const socket = new Socket();
  const client = playedClient(socket, { opened() {}, closed() {} }, { credit() {}, input() {} });
  hear(socket, { type: 'hello', cols: 80, rows: 24 });
  client.opened({ created: true, seq: 0, inputSeq: 0, window: 262_144, recording: 'off' });
  return { client, socket };
}

const hear = (socket: Socket, message: object) =>
  void socket.emit('message', Buffer.from(JSON.stringify(message)), false);
const output = (bytes: number) => Buffer.alloc(8 + bytes);
const ping = { type: 'ping', id: 'x'.repeat(64) };

describe('a browser that takes nothing', () => {
  it('counts as stalled, however much more it makes wait', () => {
    const { client, socket } = live();
    client.output(output(1000));
    const start = performance.now();
    for (let second = 1; second <= 40; second++) {
      hear(socket, ping);
      watchClient(client, start + second * 1000, DEFAULT_TIMEOUTS, true);
    }
    expect(socket.closed).toBe(1013);
  });

  it('does not, as long as what waits becomes less', () => {
    const { client, socket } = live();
    client.output(output(30_000));
    const start = performance.now();
    for (let second = 1; second <= 40; second++) {
      socket.bufferedAmount -= 500;
      hear(socket, ping);
      watchClient(client, start + second * 1000, DEFAULT_TIMEOUTS, true);
    }
    expect(socket.closed).toBeUndefined();
  });

  it('is answered no more once much waits, and has nothing kept for it', () => {
    const { client, socket } = live();
    for (let n = 1; n <= 1000; n++) hear(socket, ping);
    client.look(performance.now());
    for (let n = 1; n <= 1000; n++) hear(socket, ping);
    expect(socket.bufferedAmount).toBeLessThan(MOST_WAITING + 1000);
    for (let n = 1; n <= 1000; n++) client.inputTaken(n * 100);
    expect(socket.bufferedAmount).toBeLessThan(MOST_WAITING + 1000);
  });

  it('has nothing kept for it either of what its node goes on saying', () => {
    const { client, socket } = live();
    for (let n = 1; n <= 1000; n++) client.notice({ code: 'news', message: 'x'.repeat(10_000) });
    expect(socket.said('notice')).toBeGreaterThan(1);
    expect(socket.bufferedAmount).toBeLessThan(MOST_WAITING + 11_000);
  });

  it('is told once it takes something again up to where its input has come', () => {
    const { client, socket } = live();
    socket.bufferedAmount = 1_000_000;
    for (let n = 1; n <= 10; n++) client.inputTaken(n * 100);
    expect(socket.said('inputAck')).toBe(0);
    socket.bufferedAmount = 0;
    client.look(performance.now());
    client.look(performance.now());
    expect(socket.sent.filter((text) => text.includes('inputAck'))).toEqual(['{"type":"inputAck","seq":1000}']);
  });
});

describe('a browser that acknowledges in one second', () => {
  const acknowledged = (times: number, bytes: number) => {
    const { client, socket } = live();
    for (let n = 1; n <= times; n++) {
      client.output(output(bytes));
      socket.bufferedAmount = 0;
      hear(socket, { type: 'ack', seq: n * bytes });
    }
    return socket.closed;
  };

  it('a hundred megabytes as they come is not cut off for the number of its messages', () => {
    expect(acknowledged(6000, 16_384)).toBeUndefined();
  });

  it('a few bytes at a time is', () => {
    expect(acknowledged(1900, 100)).toBeUndefined();
    expect(acknowledged(6000, 100)).toBe(1008);
  });
});
