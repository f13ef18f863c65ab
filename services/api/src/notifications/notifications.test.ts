import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { WebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { using } from '../../test-support/database.ts';
import { CONSOLE, startPlatform, type TestPlatform } from '../../test-support/platform.ts';

const PROTOCOL = 'launchgate.notifications.v1';
let platform: TestPlatform;
let alice: string;
const open: { close(): void }[] = [];

beforeAll(async () => {
  platform = await startPlatform();
  alice = await platform.provider.token('alice');
}, 120_000);
afterAll(() => platform?.stop());
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

function note(data: object = {}) {
  return {
    id: randomUUID(),
    type: 'usage.metered',
    data,
    at: new Date().toISOString(),
    requestId: 'request-12345',
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  };
}

function connectOptions() {
  const { ca, cert, key } = platform.certificates;
  return { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
}

function socket({
  protocols,
  origin = CONSOLE,
  path = '/api/v1/notifications',
}: {
  protocols: string[];
  origin?: string;
  path?: string;
}) {
  const ws = new WebSocket(`wss://127.0.0.1:${platform.port}${path}`, protocols, { ...connectOptions(), origin });
  const received: Record<string, unknown>[] = [];
  const joined = new Promise<string>((resolve) => {
    ws.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Record<string, unknown>;
      if (frame['type'] === 'joined') resolve(String(frame['position']));
      else received.push(frame);
    });
  });
  ws.on('error', () => undefined);
  open.push({ close: () => ws.terminate() });
  const opened = new Promise<void>((resolve, reject) => {
    ws.once('open', () => resolve());
    ws.once('unexpected-response', (_, response: IncomingMessage) =>
      reject(Object.assign(new Error(`refused with ${response.statusCode}`), { status: response.statusCode })),
    );
  });
  const closed = new Promise<number>((resolve) => ws.once('close', (code) => resolve(code)));
  return { ws, received, opened, closed, joined };
}

async function stream(token: string, headers: Record<string, string> = {}) {
  const options: RequestOptions = {
    ...connectOptions(),
    host: '127.0.0.1',
    port: platform.port,
    path: '/events',
    headers: { authorization: `Bearer ${token}`, ...headers },
  };
  const outgoing = request(options).end();
  open.push({ close: () => outgoing.destroy() });
  outgoing.on('error', () => undefined);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  response.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => response.once('close', () => resolve()));
  return { response, text: () => text, ended };
}

describe('the socket', () => {
  test('takes the token as a subprotocol, echoes the other one, and hears what its user is told', async () => {
    const { ws, received, opened } = socket({ protocols: [PROTOCOL, `bearer.${alice}`] });
    await opened;
    expect(ws.protocol).toBe(PROTOCOL);
    const message = note({ seconds: 5 });
    await platform.publish('bob', note());
    await platform.publish('alice', message);
    await expect.poll(() => received).toEqual([message]);
    const logged = () =>
      platform
        .api()
        .output()
        .split('\n')
        .find((line) => line.includes(message.id)) ?? '';
    await expect.poll(logged).toContain('"request_id":"request-12345"');
  });

  test.each([
    ['no token', { protocols: [PROTOCOL] }, 401],
    ['a bad token', { protocols: [PROTOCOL, 'bearer.x'] }, 401],
    ['another protocol', { protocols: ['other'] }, 400],
    ['another page', { protocols: [PROTOCOL], origin: 'https://evil.test' }, 403],
    ['another path', { protocols: [PROTOCOL], path: '/ws' }, 404],
    ['no place that there is', { protocols: [PROTOCOL, 'bearer.x'], path: '/api/v1/notifications?after=x' }, 400],
  ])('with %s is refused before the handshake', async (_, options, status) => {
    await expect(socket(options).opened).rejects.toMatchObject({ status });
  });

  test('is let go when its token is revoked', async () => {
    const token = await platform.provider.token('alice');
    const root = await platform.provider.token('root');
    const { opened, closed } = socket({ protocols: [PROTOCOL, `bearer.${token}`] });
    await opened;
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string };
    const revoked = await platform.ask('POST', '/api/v1/admin/denylist', {
      token: root,
      body: { kind: 'token', value: claims.jti, reason: 'lost laptop' },
    });
    expect(revoked.status).toBe(201);
    expect(await closed).toBe(1008);
    expect((await platform.ask('GET', '/api/v1/me', { token })).status).toBe(401);
    await expect(socket({ protocols: [PROTOCOL, `bearer.${token}`] }).opened).rejects.toMatchObject({ status: 401 });
  });

  test('hears nothing of what the relay would not write', async () => {
    const { received, opened } = socket({ protocols: [PROTOCOL, `bearer.${alice}`] });
    await opened;
    for (const bad of [
      'nonsense',
      '{}',
      '"x"',
      JSON.stringify({ ...note(), id: 'x' }),
      JSON.stringify({ ...note(), pad: 'x'.repeat(70_000) }),
    ])
      await platform.publish('alice', bad);
    const good = note();
    await platform.publish('alice', good);
    await expect.poll(() => received.map(({ id }) => id)).toEqual([good.id]);
  });

  test('is told of a gap when the subscription broke, and hears again', async () => {
    const { received, opened } = socket({ protocols: [PROTOCOL, `bearer.${alice}`] });
    await opened;
    await platform.redisAdmin('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await expect.poll(() => received, { timeout: 10_000 }).toEqual([{ type: 'gap' }]);
    const after = note();
    await platform.publish('alice', after);
    await expect.poll(() => received.at(-1)).toEqual(after);
  });
});

describe('whoever comes back', () => {
  async function told(user: string, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await using(platform.database.client('billing_a'), async (client) => {
      for (const id of ids)
        await client.query(
          `INSERT INTO outbox (id, user_id, type, data) VALUES ($1, $2, 'usage.metered', '{"n": 1}')`,
          [id, user],
        );
    });
    return ids;
  }
  async function relayed(ids: readonly string[]): Promise<void> {
    await using(platform.database.client('relay_a'), async (client) => {
      for (const id of ids)
        await client.query('UPDATE outbox SET published_at = clock_timestamp() WHERE id = $1', [id]);
    });
  }
  async function connect(user: string, after?: string) {
    const token = await platform.provider.token(user);
    const path = `/api/v1/notifications${after === undefined ? '' : `?after=${after}`}`;
    return socket({ protocols: [PROTOCOL, `bearer.${token}`], path });
  }

  test('to where it joined is told what was published since, though it had been told nothing', async () => {
    const first = await connect('bob');
    const position = await first.joined;
    first.ws.close();
    await first.closed;
    const ids = await told('bob', 2);
    await relayed(ids);
    const second = await connect('bob', position);
    await second.joined;
    expect(second.received.map(({ id }) => id)).toEqual(ids);
  });

  test('is told in pieces where it missed more than fits, and nothing is left out', async () => {
    const ids = await told('bob', 230);
    await relayed(ids);
    const heard: unknown[] = [];
    for (let after: string = ids[0]!, done = false; !done;) {
      const { received, joined } = await connect('bob', after);
      const gap = expect.poll(() => received.at(-1), { timeout: 10_000 }).toEqual({ type: 'gap' });
      done = await Promise.race([gap.then(() => false), joined.then(() => true)]);
      const notes = received.filter(({ type }) => type !== 'gap');
      heard.push(...notes.map(({ id }) => id));
      after = String(notes.at(-1)?.['id']);
      gap.catch(() => undefined);
    }
    expect(new Set(heard)).toEqual(new Set(ids.slice(1)));
  });

  test('to a place that nobody remembers is told of a gap first', async () => {
    for (const after of [randomUUID(), '2026-01-01T00:00:00.000Z']) {
      const { received, joined } = await connect('bob', after);
      await joined;
      expect(received).toEqual([{ type: 'gap' }]);
    }
  });
});

describe('the event stream', () => {
  test('carries the same messages, with their ids', async () => {
    const { response, text } = await stream(alice);
    expect(response.headers['content-type']).toBe('text/event-stream');
    const message = note();
    await expect.poll(text).toContain('retry:');
    await platform.publish('alice', message);
    await expect.poll(text).toContain(`id: ${message.id}\ndata: ${JSON.stringify(message)}\n\n`);
  });

  test('goes on after the last one seen, from the outbox, on whatever replica', async () => {
    const ids = [1, 2, 3].map(() => randomUUID());
    await using(platform.database.client('billing_a'), async (client) => {
      for (const id of ids)
        await client.query(
          `INSERT INTO outbox (id, user_id, type, data) VALUES ($1, 'alice', 'usage.metered', '{"n": 1}')`,
          [id],
        );
    });
    await using(platform.database.client('relay_a'), (client) =>
      client.query('UPDATE outbox SET published_at = clock_timestamp()'),
    );
    const { text } = await stream(alice, { 'last-event-id': ids[0] ?? '' });
    await expect.poll(text).toContain(`id: ${ids[2]}`);
    expect(text()).toContain(`id: ${ids[1]}`);
    expect(text()).not.toContain(`id: ${ids[0]}`);
    const unknown = await stream(alice, { 'last-event-id': randomUUID() });
    await expect.poll(unknown.text).toContain('event: gap');
  });

  test('ends with a hint when the process drains, and the socket with 1012', async () => {
    const events = await stream(alice);
    const { opened, closed } = socket({ protocols: [PROTOCOL, `bearer.${alice}`] });
    await opened;
    platform.api().signal('SIGTERM');
    expect(await closed).toBe(1012);
    await events.ended;
    expect(events.text()).toMatch(/retry: \d+\nevent: drain/);
    await expect.poll(() => platform.api().process.exitCode, { timeout: 15_000 }).toBe(0);
    await platform.restart();
  }, 60_000);
});
