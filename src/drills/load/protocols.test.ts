/** What the generator speaks, and what becomes of its process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttp, type ServerResponse } from 'node:http';
import {
  createSecureServer,
  createServer as createHttp2,
  type Http2Server,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { LoadReport } from '../../model/drill/load.ts';
import { processInfo, runs } from '../lab/run/proc.ts';
import { startGenerator } from './generator.ts';
import { endAll, certificate, failures, GET, planFor, send, serve } from './load.testkit.ts';

afterEach(endAll);

const isWhole = (report: LoadReport) => expect(report.answered + failures(report)).toBe(report.due);

describe('protocols', () => {
  test('HTTP/1.1 over TLS, the name verified', async () => {
    const { cert, key, ca } = await certificate();
    const port = await serve(createHttps({ cert, key }, (_, response) => response.end('x'.repeat(100_000))));
    const tls = { ca };
    expect(await send(planFor(port, { tls, seconds: 0.5 }))).toMatchObject({ statuses: { 200: 50 }, errors: {} });
    const other = [{ ...GET, host: 'other.localhost' }];
    expect(await send(planFor(port, { tls, seconds: 0.2, requests: other }))).toMatchObject({ errors: { tls: 20 } });
  });

  test('HTTP/2 over TLS', async () => {
    const { cert, key, ca } = await certificate();
    const server = createSecureServer({ cert, key });
    let sessions = 0;
    server.on('session', () => sessions++);
    server.on('stream', (stream, headers) => {
      stream.resume().on('end', () => {
        stream.respond({ ':status': headers[':method'] === 'POST' ? 201 : 200 });
        stream.end('hello');
      });
    });
    const port = await serve(server as unknown as Http2Server);
    const requests = [GET, { ...GET, method: 'POST', body: 'x' }];
    const report = await send(planFor(port, { protocol: 'h2', tls: { ca }, requests, seconds: 0.5 }));
    expect(report).toMatchObject({ statuses: { 200: 25, 201: 25 }, errors: {} });
    expect(sessions).toBe(1);
  });

  test.each(['http/1.1', 'h2'] as const)('the ids of answers over %s that took what was sent', async (protocol) => {
    let number = 0;
    const answer = (_: unknown, response: ServerResponse | Http2ServerResponse) => {
      number++;
      response.statusCode = number % 2 === 0 ? 503 : 202;
      if (number !== 3) response.setHeader('X-Request-Id', `request-${number}`);
      response.end();
    };
    const port = await serve(protocol === 'h2' ? createHttp2(answer) : createHttp(answer));
    const plan = planFor(port, { protocol, connections: 1, perSecond: 20, seconds: 0.4 });
    expect((await send({ ...plan, idHeader: 'x-request-id' })).ids).toEqual([
      'request-1',
      '',
      'request-5',
      'request-7',
    ]);
    expect(await send(plan)).not.toHaveProperty('ids');
  });

  test('HTTP/2 that goes away and resets', async () => {
    const server = createHttp2();
    let streams = 0;
    server.on('stream', (stream) => {
      streams++;
      stream.on('error', () => undefined);
      if (streams === 20) stream.session?.goaway();
      if (streams > 40) return stream.close(2);
      stream.respond({ ':status': 200 });
      stream.end();
    });
    const port = await serve(server);
    const report = await send(planFor(port, { protocol: 'h2', seconds: 0.5 }));
    isWhole(report);
    expect(report.answered).toBeGreaterThanOrEqual(39);
    expect(report.errors['reset']).toBeGreaterThanOrEqual(9);
  });

  test('HTTP/2 whose server goes away with requests that it did not process', async () => {
    const server = createHttp2();
    let streams = 0;
    server.on('stream', (stream) => {
      streams++;
      stream.on('error', () => undefined);
      if (streams === 20) {
        stream.session?.goaway(0, stream.id! - 2);
        return void setTimeout(() => stream.session?.destroy(), 20);
      }
      stream.respond({ ':status': 200 });
      stream.end();
    });
    const port = await serve(server);
    const report = await send(planFor(port, { protocol: 'h2', seconds: 0.5 }));
    expect(report).toMatchObject({ statuses: { 200: 50 }, errors: {} });
    expect(streams).toBe(51);
  });

  test('WebSocket: each message is answered by one', async () => {
    const server = createHttp();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, request) =>
      socket.on('message', (data) => socket.send(`${request.url} ${String(data)}`)),
    );
    const port = await serve(server);
    const requests = [{ ...GET, path: '/echo', body: 'hello' }];
    const report = await send(planFor(port, { protocol: 'ws', requests, connections: 5, seconds: 0.5 }));
    expect(report).toMatchObject({ answered: 50, statuses: { 101: 50 }, errors: {} });
    expect(sockets.clients.size).toBeLessThanOrEqual(5);
  });

  test('WebSocket that is refused says with which status', async () => {
    const port = await serve(createHttp((_, response) => response.writeHead(403).end()));
    const report = await send(planFor(port, { protocol: 'ws', seconds: 0.2 }));
    expect(report).toMatchObject({ statuses: { 403: 20 }, errors: {} });
  });
});

describe('its process', () => {
  test('refuses a request that would smuggle another', async () => {
    const headers = { a: 'b\r\n\r\nGET /admin HTTP/1.1' };
    const started = startGenerator(planFor(1, { requests: [{ ...GET, headers }] }));
    await expect(started).rejects.toThrow('the header "a" holds a character that no header may');
  });

  test('ends at once when told, and the report says so', async () => {
    const port = await serve(createHttp((_, response) => response.end()));
    const generator = await startGenerator(planFor(port));
    const id = processInfo(generator.pid)!;
    expect(runs(id)).toBe(true);
    generator.end();
    await expect(generator.stop()).rejects.toThrow('ended before its load did (SIGKILL)');
  });

  test('ends when whoever started it is killed', async () => {
    const port = await serve(createHttp((_, response) => response.end()));
    const program = new URL('generator.ts', import.meta.url).href;
    const script = `const { startGenerator } = await import(${JSON.stringify(program)});
      console.log((await startGenerator(${JSON.stringify(planFor(port))})).pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const id = processInfo(Number(said))!;
    expect(runs(id)).toBe(true);
    parent.kill('SIGKILL');
    for (let tries = 0; runs(id) && tries < 100; tries++) await sleep(50);
    expect(runs(id)).toBe(false);
  });
});
