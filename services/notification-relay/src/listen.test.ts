import { EventEmitter } from 'node:events';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { listen } from './listen.ts';

test('a connection that comes when the relay leaves is ended, and nobody waits for its end', async () => {
  const leaving = new AbortController();
  const connecting = Promise.withResolvers<Client>();
  const listener = listen({
    channel: 'outbox',
    connect: () => connecting.promise,
    onLost: () => undefined,
    signal: leaving.signal,
  });
  let ends = 0;
  const client = Object.assign(new EventEmitter(), {
    query: async () => ({ rows: [] }),
    end: async () => void (ends += 1),
  });
  leaving.abort();
  const closed = listener.close();
  connecting.resolve(client as unknown as Client);
  await closed;
  expect(ends).toBe(1);
});
