import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { LoginNeeded } from '@launchgate/terminal-gateway/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { follow, type Notification } from './notifications.ts';

interface Visit {
  readonly after: string | null;
  readonly socket: WebSocket;
}

let server: WebSocketServer;
let visits: Visit[];
let shown: string[];
let end: () => void;

beforeEach(async () => {
  visits = [];
  shown = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([first]) => first ?? false });
  server.on('connection', (socket, { url = '' }) => {
    visits.push({ after: new URL(url, 'http://x').searchParams.get('after'), socket });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  end = follow(`http://127.0.0.1:${port}`, { access: async () => 'token' }, ({ id }) => void shown.push(id));
});
afterEach(() => {
  end();
  for (const client of server.clients) client.terminate();
  server.close();
});

function note(): Notification {
  return { id: randomUUID(), type: 'usage.metered', at: new Date().toISOString(), requestId: null, data: {} };
}

async function visit(number: number): Promise<Visit & { say(...frames: object[]): void }> {
  await vi.waitFor(() => expect(visits.length).toBeGreaterThanOrEqual(number), { timeout: 10_000 });
  const { after, socket } = visits[number - 1]!;
  return {
    after,
    socket,
    say(...frames) {
      for (const frame of frames) socket.send(JSON.stringify(frame));
    },
  };
}

test('a page that was told nothing yet comes back to where it joined', async () => {
  const first = await visit(1);
  expect(first.after).toBeNull();
  first.say({ type: 'joined', position: '2026-11-28T10:00:00.000Z' });
  first.socket.close(1012);
  expect((await visit(2)).after).toBe('2026-11-28T10:00:00.000Z');
});

test('after a break it asks for what came after the last one, and shows each once', async () => {
  const [one, two] = [note(), note()];
  const first = await visit(1);
  first.say({ type: 'joined', position: '2026-11-28T10:00:00.000Z' }, one);
  await vi.waitFor(() => expect(shown).toEqual([one.id]));
  first.socket.terminate();
  const second = await visit(2);
  expect(second.after).toBe(one.id);
  second.say(one, two, { type: 'joined', position: '2026-11-28T10:05:00.000Z' });
  await vi.waitFor(() => expect(shown).toEqual([one.id, two.id]));
});

test('told of a gap, it comes again for what it was not told', async () => {
  const [one, two] = [note(), note()];
  const first = await visit(1);
  first.say(one, { type: 'gap' });
  const second = await visit(2);
  expect(second.after).toBe(one.id);
  second.say(two);
  await vi.waitFor(() => expect(shown).toEqual([one.id, two.id]));
});

test('where its place is not known any more, it goes on from now', async () => {
  const one = note();
  const first = await visit(1);
  first.say(one);
  await vi.waitFor(() => expect(shown).toEqual([one.id]));
  first.socket.terminate();
  const second = await visit(2);
  second.say({ type: 'gap' }, { type: 'joined', position: '2026-11-28T11:00:00.000Z' });
  expect((await visit(3)).after).toBe('2026-11-28T11:00:00.000Z');
});

test('who was revoked does not come back', async () => {
  const first = await visit(1);
  first.socket.close(1008);
  await new Promise((resolve) => first.socket.once('close', resolve));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(visits).toHaveLength(1);
});

test('who has to log in again is not asked for a token any more', async () => {
  const access = vi.fn<() => Promise<string>>(() => Promise.reject(new LoginNeeded('The login has expired.')));
  const stop = follow('http://127.0.0.1:9', { access }, () => undefined);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  stop();
  expect(access).toHaveBeenCalledTimes(1);
});
