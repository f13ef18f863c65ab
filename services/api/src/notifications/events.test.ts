/** Event streams at the edge of their life. That they carry messages is shown with the whole service in `notifications.test.ts`. */
import type { ServerResponse } from 'node:http';
import { endEventStream } from '@launchgate/runtime/lifecycle';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import type { Principal } from '../identity/token.ts';
import { eventStream } from './events.ts';
import { createHub, type Hub } from './hub.ts';
import { GAP, joined, type Frame } from './message.ts';

let app: FastifyInstance | undefined;
let revoked = false;
afterEach(() => {
  revoked = false;
  return app?.close();
});

const alice = { sub: 'alice', exp: Infinity } as unknown as Principal;

async function events(
  openEnded: (response: ServerResponse, hub: Hub) => void,
  { frames = [GAP], headers = {} }: { frames?: Frame[]; headers?: Record<string, string> } = {},
): Promise<{ text: string; hub: Hub }> {
  const hub = createHub({ revoked: () => revoked });
  app = fastify();
  eventStream(app, {
    hub,
    guards: [(request, _reply, next) => ((request.principal = alice), next())],
    missed: (_user, after) => Promise.resolve(after === undefined ? frames : []),
    openEnded: (response) => openEnded(response, hub),
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { text: await (await fetch(`${url}/events`, { headers })).text(), hub };
}

const end = (response: ServerResponse): void => endEventStream(response, { retryAfterMs: 7, deadline: new Date() });

test('one that begins while the process drains is ended whole, and nobody is left in the hub', async () => {
  const { text, hub } = await events(end);
  expect(text).toContain('event: drain');
  expect(text).not.toContain('event: gap');
  expect(hub.size()).toBe(0);
});

test('a message that comes right after the end is left out, and is no error', async () => {
  const { text } = await events((response, hub) =>
    setTimeout(() => {
      end(response);
      hub.gap();
    }, 20),
  );
  expect(text).toMatch(/event: gap[^]*event: drain/);
  expect(text.match(/event: gap/g)).toHaveLength(1);
});

test('who is to leave, again and again and by the drain too, is told once, and nothing fails', async () => {
  const errors: unknown[] = [];
  const { text } = await events((response, hub) => {
    response.on('error', (error) => errors.push(error));
    setTimeout(() => {
      revoked = true;
      hub.judge();
      hub.judge();
      end(response);
    }, 20);
  });
  expect(text.match(/event: (?:end|drain)/g)).toEqual(['event: end']);
  expect(errors).toEqual([]);
});

test.each([
  ['of an id that nobody gave out', 'message-7', true],
  ['of none', '', false],
])('a client that comes back after the place %s is told of a gap: %j, %j', async (_what, last, isGap) => {
  const { text } = await events((response) => setTimeout(() => end(response), 20), {
    frames: [joined()],
    headers: { 'last-event-id': last },
  });
  expect(text).toContain('event: joined');
  expect(text.includes('event: gap')).toBe(isGap);
});
