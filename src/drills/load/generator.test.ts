import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { LoadReport } from '../../model/drill/load.ts';
import { freePort } from '../../../test/servers/process.ts';
import { startGenerator } from './generator.ts';
import { endAll, ended, certificate, failures, GET, planFor, send, serve } from './load.testkit.ts';
import type { LoadPlan } from './plan.ts';

afterEach(endAll);

const isWhole = (report: LoadReport) => expect(report.answered + failures(report)).toBe(report.due);

describe('the open loop', () => {
  test('sends what is due, in turn, over the connections that it was given', async () => {
    const paths: string[] = [];
    const connections = new Set<Socket>();
    const port = await serve(
      createHttp((request, response) => {
        paths.push(`${request.method} ${request.url} ${request.headers['x-a'] ?? ''}`);
        connections.add(request.socket);
        request.resume().on('end', () => response.writeHead(paths.length % 10 === 0 ? 503 : 200).end('hello'));
      }),
    );
    const requests = [
      { ...GET, path: '/a?b=c', headers: { 'x-a': '1' } },
      { ...GET, path: '/d', method: 'POST', body: 'hello' },
      { ...GET, path: '/e', method: 'HEAD' },
    ];
    const began = Date.now();
    const report = await send(planFor(port, { requests, perSecond: 200, seconds: 1.5, connections: 6 }));
    expect(report).toMatchObject({ due: 300, sent: 300, answered: 300, errors: {} });
    expect(Math.abs(report.startedAt - began)).toBeLessThan(10_000);
    expect(report.statuses).toEqual({ 200: 270, 503: 30 });
    expect(paths.filter((path) => path === 'GET /a?b=c 1')).toHaveLength(100);
    expect(paths.filter((path) => path.startsWith('POST /d'))).toHaveLength(100);
    expect(connections.size).toBe(6);
    expect(report.curve.reduce((sum, { answered }) => sum + answered, 0)).toBe(300);
    expect(report.curve.reduce((sum, { failed }) => sum + failed, 0)).toBe(30);
  });

  test('holds a target that stalls to the clock, not to its own pace', async () => {
    let stalled = false;
    const port = await serve(
      createHttp((_, response) => {
        const answer = () => response.end('late');
        if (stalled) setTimeout(answer, 10_000).unref();
        else answer();
      }),
    );
    const generator = await startGenerator(planFor(port, { connections: 2, perSecond: 100, timeoutMs: 700 }));
    ended.push(generator.end);
    await sleep(1000);
    stalled = true;
    await sleep(1000);
    const report = await generator.stop();
    isWhole(report);
    // Two requests hang on the two connections; the hundred that were due meanwhile found none and count all the same.
    expect(report.errors['timeout']).toBeGreaterThan(20);
    expect(report.latency.max).toBeGreaterThanOrEqual(700);
    expect(report.latency.p99).toBeGreaterThanOrEqual(650);
  });

  test('counts the wait for a connection as latency', async () => {
    // One connection, 50 ms for each answer, so 20 a second; 40 a second are due, and the last of 2 s waits about 2 s.
    const port = await serve(createHttp((_, response) => void setTimeout(() => response.end(), 50)));
    const report = await send(planFor(port, { connections: 1, perSecond: 40, seconds: 2, timeoutMs: 20_000 }));
    expect(report).toMatchObject({ due: 80, answered: 80, errors: {} });
    expect(report.latency.max).toBeGreaterThan(1500);
    expect(report.curve.at(-1)!.p50).toBeGreaterThan(report.curve[0]!.p50);
  });

  test('says that it was the bottleneck itself', async () => {
    const port = await serve(createTcp((socket) => socket.on('data', () => socket.write('HTTP/1.1 204 A\r\n\r\n'))));
    const report = await send(planFor(port, { perSecond: 500_000, connections: 64, seconds: 2, timeoutMs: 500 }));
    expect(report.saturated).toBe(true);
    isWhole(report);
  });
});

describe('requests without an answer, by kind', () => {
  const sent = async (port: number, changes: Partial<LoadPlan> = {}) => {
    const report = await send(planFor(port, { perSecond: 50, seconds: 0.4, ...changes }));
    isWhole(report);
    return report;
  };

  test('refused', async () => expect((await sent(await freePort())).errors).toEqual({ refused: 20 }));

  test('reset', async () => {
    const port = await serve(createTcp((socket) => socket.on('data', () => socket.resetAndDestroy())));
    expect((await sent(port)).errors).toEqual({ reset: 20 });
  });

  test('closed', async () => {
    const port = await serve(createTcp((socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\n'))));
    expect((await sent(port)).errors).toEqual({ closed: 20 });
  });

  test('timeout', async () => {
    const port = await serve(createTcp((socket) => socket.resume()));
    const { errors, latency } = await sent(port, { timeoutMs: 300 });
    expect(errors).toEqual({ timeout: 20 });
    expect(latency.p50).toBeGreaterThanOrEqual(290);
  });

  test('malformed', async () => {
    const port = await serve(createTcp((socket) => socket.on('data', () => socket.write('220 mail.example\r\n\r\n'))));
    expect((await sent(port)).errors).toEqual({ malformed: 20 });
  });

  test('tls', async () => {
    const { cert, key } = await certificate();
    const port = await serve(createHttps({ cert, key }, (_, response) => response.end()));
    expect((await sent(port, { tls: {} })).errors).toEqual({ tls: 20 });
  });

  test('local: no address to send from', async () => {
    const port = await serve(createHttp((_, response) => response.end()));
    const report = await sent(port, { from: ['192.0.2.77'] });
    expect(report.errors).toEqual({ local: 20 });
    expect(report.saturated).toBe(true);
  });
});

describe('connections', () => {
  test('that the server closes between two requests cost none of them', async () => {
    let connections = 0;
    const port = await serve(
      createTcp((socket) => {
        connections++;
        socket.on('data', () => {
          socket.write('HTTP/1.1 204 No Content\r\n\r\n');
          setTimeout(() => socket.end(), 50);
        });
      }),
    );
    const report = await send(planFor(port, { perSecond: 4, connections: 1, seconds: 2 }));
    expect(report).toMatchObject({ answered: 8, errors: {} });
    expect(connections).toBeGreaterThan(1);
  });

  test('of a server that wants one for each request', async () => {
    let connections = 0;
    const port = await serve(
      createTcp((socket) => {
        connections++;
        socket.on('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nuntil the end'));
      }),
    );
    const report = await send(planFor(port, { perSecond: 50, seconds: 1 }));
    expect(report).toMatchObject({ answered: 50, errors: {} });
    expect(connections).toBe(50);
  });

  test('come from the addresses that it was given, in turn', async () => {
    const from = new Set<string | undefined>();
    const port = await serve(createHttp(({ socket }, response) => (from.add(socket.remoteAddress), response.end())));
    await send(planFor(port, { from: ['127.0.2.1', '127.0.2.2'], seconds: 0.3 }));
    expect(from).toEqual(new Set(['127.0.2.1', '127.0.2.2']));
  });
});
