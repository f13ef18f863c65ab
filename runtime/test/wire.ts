/** Clients that show what is on the wire, and waiting for conditions. */
import type { Server } from 'node:net';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Listens on a free port of loopback and answers it. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export async function until(holds: () => boolean, what: string, limit = 20_000): Promise<void> {
  const end = Date.now() + limit;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited ${limit} ms for ${what}`);
    await delay(10);
  }
}

export interface Wire {
  readonly socket: Socket;
  readonly received: () => string;
  readonly ended: () => boolean;
}

/** A raw connection; what is sent and received is text. */
export async function wire(port: number): Promise<Wire> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let ended = false;
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('close', () => (ended = true));
  socket.on('error', () => (ended = true));
  await new Promise((done) => socket.once('connect', done));
  return { socket, received: () => text, ended: () => ended };
}

export const GET = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
