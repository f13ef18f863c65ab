import { createServer, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { GET, listen, until, wire } from '../../test/wire.ts';
import { createLifecycle, endEventStream, endLongPoll, type LifecycleOptions } from './index.ts';

/** A server whose answers the test finishes. */
async function held(options: LifecycleOptions = {}) {
  const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow: 20_000, ...options });
  const answers = new Map<string, ServerResponse>();
  const server = createServer((request, response) => {
    if (request.url === '/now') return response.end('now');
    return void answers.set(request.url ?? '', response);
  });
  lifecycle.attach(server);
  const port = await listen(server);
  onTestFinished(() => lifecycle.force());
  return { lifecycle, answers, server, port };
}

/** One that drains while it owes an answer. */
async function draining() {
  const { lifecycle, answers, port } = await held();
  const client = await wire(port);
  client.socket.write(GET('/slow'));
  await until(() => answers.has('/slow'), 'the request');
  const leaving = lifecycle.shutdown('test');
  await until(() => lifecycle.phase === 'draining', 'the drain');
  return { answers, client, leaving };
}

describe('HTTP/1.1', () => {
  test('a busy keep-alive connection gets its answer, is told to close, and closes', async () => {
    const { answers, client, leaving } = await draining();
    answers.get('/slow')?.end('done');
    const report = await leaving;
    await until(client.ended, 'the end of the connection');
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n[^]*done/i);
    expect(report).toMatchObject({ forced: false, cutOff: { requests: 0 } });
  });

  test('whoever sets the clock forward takes nobody their time', async () => {
    const { answers, client, leaving } = await draining();
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 9 * 3_600_000);
    try {
      await new Promise((done) => setTimeout(done, 300));
      answers.get('/slow')?.end('done');
      expect(await leaving).toMatchObject({ forced: false, cutOff: { requests: 0 } });
    } finally {
      clock.mockRestore();
    }
    expect(client.received()).toContain('done');
  });

  test('while the news spreads everything is served, with Connection: close', async () => {
    const { lifecycle, port } = await held({ propagationDelay: 60_000 });
    const idle = await wire(port);
    idle.socket.write(GET('/now'));
    await until(() => idle.received().includes('now'), 'the first answer');
    expect(idle.received()).toMatch(/connection: keep-alive/i);
    void lifecycle.shutdown('test');
    expect(lifecycle).toMatchObject({ phase: 'leaving', draining: true });
    const late = await wire(port);
    for (const client of [idle, late]) {
      client.socket.write(GET('/now'));
      await until(client.ended, 'the end after the answer');
      expect(client.received()).toMatch(/connection: close/i);
    }
  });

  test('pipelined requests that come after the signal are all answered, and the last answer says that it ends', async () => {
    const { lifecycle, answers, port } = await held({ propagationDelay: 60_000 });
    const client = await wire(port);
    client.socket.write(GET('/a'));
    await until(() => answers.has('/a'), 'the first request');
    void lifecycle.shutdown('test');
    client.socket.write(GET('/b') + GET('/c'));
    await until(() => answers.size === 3, 'the others');
    for (const path of ['/c', '/a', '/b']) answers.get(path)?.end(path);
    await until(client.ended, 'the end of the connection');
    expect(client.received().match(/\r\n\r\n.*?\/[abc]/gs)).toHaveLength(3);
    expect(client.received().match(/connection: close/gi)).toHaveLength(1);
    expect(client.received()).toMatch(/\/b[^]*connection: close[^]*\/c/i);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['set', (response) => response.setHeader('Connection', 'upgrade').end('own')],
    ['given with the status', (response) => response.writeHead(426, { connection: 'Upgrade' }).end('own')],
    ['given in pairs', (response) => response.writeHead(426, ['connection', 'Upgrade']).end('own')],
  ])('what an answer says of the connection itself, %s, is said beside its end', async (_, answer) => {
    const { lifecycle, answers, port } = await held({ propagationDelay: 60_000 });
    void lifecycle.shutdown('test');
    const client = await wire(port);
    client.socket.write(GET('/own'));
    await until(() => answers.has('/own'), 'the request');
    answer(answers.get('/own')!);
    await until(client.ended, 'the end after the answer');
    expect(client.received()).toMatch(/^connection: upgrade, close\r$/im);
  });

  test('a request behind an answer of which the application took the close away is answered', async () => {
    const { lifecycle, answers, port } = await held({ propagationDelay: 60_000 });
    void lifecycle.shutdown('test');
    const client = await wire(port);
    client.socket.write(GET('/own'));
    await until(() => answers.has('/own'), 'the request');
    answers.get('/own')?.removeHeader('connection');
    answers.get('/own')?.end('own');
    await until(() => client.received().includes('own'), 'the answer');
    client.socket.write(GET('/now'));
    await until(client.ended, 'the end after the second answer');
    expect(client.received()).toMatch(/connection: close\r\n[^]*now$/i);
  });

  test('a request behind the answer that said close is not processed', async () => {
    const { lifecycle, answers, port } = await held({ propagationDelay: 60_000 });
    void lifecycle.shutdown('test');
    const client = await wire(port);
    client.socket.write(GET('/now') + GET('/unanswered'));
    await until(client.ended, 'the end of the connection');
    expect(client.received().match(/HTTP\/1.1 200/g)).toHaveLength(1);
    expect(answers.has('/unanswered')).toBe(false);
  });

  test('an idle connection and one that never asked anything are closed, one after its body at the end', async () => {
    const { lifecycle, answers, port } = await held();
    const [idle, silent, streaming] = [await wire(port), await wire(port), await wire(port)];
    idle.socket.write(GET('/now'));
    streaming.socket.write(GET('/body'));
    await until(() => idle.received().includes('now') && answers.has('/body'), 'both requests');
    answers.get('/body')?.write('first');
    await until(() => streaming.received().includes('first'), 'the header, with keep-alive');
    const leaving = lifecycle.shutdown('test');
    await until(() => idle.ended() && silent.ended(), 'the end of idle connections');
    expect(streaming.ended()).toBe(false);
    answers.get('/body')?.end('last');
    expect(await leaving).toMatchObject({ forced: false });
    await until(streaming.ended, 'the end of the connection');
    expect(streaming.received()).toContain('last');
  });

  test('what takes longer than the window is cut off, and counted', async () => {
    const { lifecycle, answers, port } = await held({ drainWindow: 100 });
    const client = await wire(port);
    client.socket.write(GET('/never'));
    await until(() => answers.has('/never'), 'the request');
    expect(await lifecycle.shutdown('test')).toMatchObject({ forced: true, cutOff: { requests: 1, upgraded: 0 } });
    await until(client.ended, 'the cut');
  });

  test('an event stream ends with a retry hint, a long-poll with 204 and Retry-After', async () => {
    const { lifecycle, answers, port } = await held({ retryAfter: { min: 2_000, max: 3_000 } });
    const [stream, poll] = [await wire(port), await wire(port)];
    stream.socket.write(GET('/events'));
    poll.socket.write(GET('/poll'));
    await until(() => answers.size === 2, 'both requests');
    const events = answers.get('/events');
    const news = answers.get('/poll');
    if (events === undefined || news === undefined) throw new Error('no request');
    events.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    lifecycle.openEnded(events, (hint) => endEventStream(events, hint));
    lifecycle.openEnded(news, (hint) => endLongPoll(news, hint));
    expect(await lifecycle.shutdown('test')).toMatchObject({ forced: false });
    await until(() => stream.ended() && poll.ended(), 'both ends');
    expect(stream.received()).toMatch(/data: 1\n\n[^]*retry: (2\d{3}|3000)\nevent: drain\ndata: \{"retryAfterMs":/);
    expect(poll.received()).toMatch(/^HTTP\/1\.1 204 [^]*retry-after: [23]\r\n/i);
  });

  test('a server that listens already is refused', async () => {
    const { server } = await held();
    expect(() => createLifecycle().attach(server)).toThrow('before it listens');
  });
});

describe('HTTPS', () => {
  test('connections in and after their handshake are closed; a busy one gets its answer', async () => {
    const authority = await makeAuthority();
    const files = await authority.issue('server');
    const lifecycle = createLifecycle({ propagationDelay: 0, drainWindow: 20_000 });
    onTestFinished(() => lifecycle.force());
    let answer: ServerResponse | undefined;
    const server = createSecureServer(
      { cert: readFileSync(files.cert), key: readFileSync(files.key) },
      (_, response) => (answer = response),
    );
    lifecycle.attach(server);
    const port = await listen(server);
    const handshaking = await wire(port);
    const tls = { port, host: '127.0.0.1', ca: readFileSync(files.ca), servername: 'localhost' };
    const [silent, busy] = [connectTls(tls), connectTls(tls)];
    let received = '';
    busy.on('data', (chunk: Buffer) => (received += chunk.toString()));
    await Promise.all([silent, busy].map((socket) => new Promise((done) => socket.once('secureConnect', done))));
    busy.write(GET('/slow'));
    await until(() => answer !== undefined, 'the request');
    silent.resume();
    const leaving = lifecycle.shutdown('test');
    await until(() => silent.closed, 'the end of the silent connection');
    answer?.end('done');
    await until(() => busy.closed, 'the end of the busy connection');
    await until(handshaking.ended, 'the end of the one that never shook hands');
    expect(await leaving).toMatchObject({ forced: false });
    expect(received).toMatch(/connection: close[^]*done/i);
  });
});

test('a server that comes up only while it leaves takes nothing', async () => {
  const lifecycle = createLifecycle({ propagationDelay: 0, hookWindow: 20_000 });
  const server = createServer((_request, response) => response.end('now'));
  lifecycle.attach(server);
  lifecycle.hook('stores', 'slow', () => expect.poll(() => server.listening, { timeout: 5000 }).toBe(false));
  lifecycle.hook('servers', 'late', () => listen(server));
  expect(await lifecycle.shutdown('test')).toMatchObject({ failedHooks: [], cutOff: { requests: 0 } });
});
