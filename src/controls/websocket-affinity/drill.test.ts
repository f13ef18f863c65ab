import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import type { Stream } from './query.ts';
import { drill } from './drill.ts';

const names = (missed: readonly { readonly name: string }[]) => missed.map(({ name }) => name);
const subject = (stream: Stream) => ({
  id: 'service/api',
  name: 'api',
  input: { streams: [stream] } as never,
  params: {},
});

type Place = string | undefined;

/** What is not as it should be where two sessions are held by these replicas, and by others after each cut. */
async function moved(before: readonly Place[], after: readonly Place[]): Promise<string[]> {
  let held = before;
  const open = {
    places: () => Promise.resolve(held.map((part, index) => ({ id: `session-${index}`, part }))),
    reconnect: () => Promise.resolve(void (held = after)),
    close: () => Promise.resolve({ lostBytes: 0, doubledBytes: 0, damaged: [] }),
  };
  const sticky = { protocol: 'websocket', path: '/terminal', declared: 'cookie' } as unknown as Stream;
  const plan = drill.plan({ subjects: [subject(sticky)], parameters: { sessions: 2, rounds: 1 }, spec: shop });
  const target = { terminals: { open: () => Promise.resolve(open) }, parts: { replicas: () => ['one', 'two'] } };
  return names(await missedBy(plan, target));
}

test('a session comes back to where it was, and one that nobody tells of came back nowhere', async () => {
  expect(await moved(['one', 'two'], ['one', 'two'])).toEqual([]);
  expect(await moved(['one', 'two'], ['two', 'two'])).toEqual(['sessions that came back to another replica']);
  expect(await moved(['one', 'two'], ['one', undefined])).toEqual(['sessions that came back to another replica']);
  await expect(moved(['one', undefined], ['one', undefined])).rejects.toThrow('no replica of api tells of 1 of 2');
});

/** What is not as it should be of a stream that says this at once, and that some time later; it is watched to the end of its ping and a second. */
async function silent(
  type: string,
  atOnce: string,
  later: string,
  { afterMs = 250, forMs = 1400 } = {},
): Promise<string[]> {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n\r\n`;
  const edge = {
    host: () => 'api.localhost',
    place: { httpsPort: 443 },
    async raw(_host: string, _bytes: unknown, { seen }: { seen: (text: string) => void }) {
      seen(head + atOnce);
      await sleep(afterMs);
      if (later !== '') seen(head + atOnce + later);
      await sleep(forMs - afterMs);
      return { text: head + atOnce + later, closedAfterMs: undefined };
    },
  };
  const people = { names: { customer: 'alice' }, token: () => Promise.resolve('token') };
  const quiet = { protocol: 'sse', path: '/events', ping: 0.2 } as unknown as Stream;
  const plan = drill.plan({ subjects: [subject(quiet)], parameters: { sessions: 2, rounds: 1 }, spec: shop });
  return names(await missedBy(plan, { edge, people }));
}

test('what a stream says as it begins is no ping, and a page for login no stream', async () => {
  expect(await silent('text/event-stream', 'retry: 1000\n\n', ':\n\n')).toEqual([]);
  expect(await silent('text/event-stream; charset=utf-8', '', ':\n\n')).toEqual([]);
  expect(await silent('text/event-stream', 'retry: 1000\n\n', '')).toEqual(['bytes of pings that arrived']);
  expect(await silent('text/event-stream', '', '')).toEqual(['bytes of pings that arrived']);
  await expect(silent('text/html', '<form>', 'more')).rejects.toThrow('something else than an event stream');
});

test('a ping that comes later than promised is none, and a stream that began too late was not watched', async () => {
  expect(await silent('text/event-stream', '', ':\n\n', { afterMs: 1500, forMs: 1600 })).toEqual([
    'bytes of pings that arrived',
  ]);
  await expect(silent('text/event-stream', '', ':\n\n', { forMs: 600 })).rejects.toThrow(
    'could be watched for 0.6 s only',
  );
});
