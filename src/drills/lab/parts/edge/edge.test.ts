import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../../../../test/need.ts';
import { makeAuthority, type TestAuthority } from '../../../../../test/servers/certificates.ts';
import { edgeControl } from './control.ts';
import { testConfig, writeConfig } from './files.ts';
import { startEdge, startUpstream, type TestEdge, type TestUpstream } from './edge.testkit.ts';
import type { EdgeRoute } from './types.ts';

const route = (path: string, more: Partial<EdgeRoute> = {}): EdgeRoute => ({
  host: 'api.localhost',
  path,
  protocol: 'http',
  target: { upstream: 'api' },
  connections: 50,
  bodyBytes: 4096,
  readTimeout: 30,
  ...more,
});

const CANARY = 'canary-5f2a';
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe.runIf(needs('nginx'))('the edge', () => {
  let authority: TestAuthority;
  let edge: TestEdge;
  let upstream: TestUpstream;
  let stranger: TestUpstream;
  const seen = async (path: string, headers: Record<string, string> = {}): Promise<Record<string, string>> =>
    JSON.parse((await edge.ask('api.localhost', path, { headers })).body) as Record<string, string>;

  beforeAll(async () => {
    authority = await makeAuthority();
    const echo = startUpstream(
      authority,
      await authority.issue('api', { dns: ['api.platform.svc'] }),
      (incoming, response) =>
        response.setHeader('Server', 'secret/1').end(JSON.stringify({ ...incoming.headers, url: incoming.url })),
    );
    upstream = await echo;
    stranger = await startUpstream(authority, await authority.issue('other', { dns: ['other.svc'] }), (_, response) =>
      response.end('never'),
    );
    edge = await startEdge(authority, {
      upstreams: [
        {
          name: 'api',
          tlsName: 'api.platform.svc',
          affinity: 'none',
          replicas: [{ address: upstream.address, down: false }],
        },
        {
          name: 'other',
          tlsName: 'api.platform.svc',
          affinity: 'none',
          replicas: [{ address: stranger.address, down: false }],
        },
      ],
      routes: [
        route('/api/v1/*'),
        route('/webhooks/stripe', { protocol: 'webhook' }),
        route('/other/*', { target: { upstream: 'other' } }),
        route('/slow-rate/*', { perSecond: 2 }),
      ],
    });
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all([upstream?.close(), stranger?.close()]);
  });

  test('a configuration that is tested leaves no shared memory behind', async () => {
    // ModSecurity's segment is as long as the path of its log, give or take: no other is as long as this one.
    const base = mkdtempSync(join(tmpdir(), 'launchgate-edge-test-'));
    const folder = join(base, 'e'.repeat(150));
    mkdirSync(folder);
    writeConfig(folder, edge.config);
    try {
      await testConfig(folder);
      const [, ...segments] = readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n');
      const sizes = segments.map((row) => Number(row.trim().split(/\s+/)[3]));
      expect(sizes.filter((size) => size > folder.length && size < folder.length + 100)).toEqual([]);
    } finally {
      rmSync(base, { recursive: true, force: true });
    }
  });

  test('serves what is declared, and 404 for anything else', async () => {
    expect((await edge.ask('api.localhost', '/api/v1/nodes')).status).toBe(200);
    expect(
      (
        await edge.ask('api.localhost', '/webhooks/stripe', {
          method: 'POST',
          body: '{}',
          headers: { 'content-type': 'application/json' },
        })
      ).status,
    ).toBe(200);
    for (const path of ['/', '/metrics', '/livez', '/api/v2/x', '/webhooks/stripe/x', '/api/v1/../../metrics'])
      expect((await edge.ask('api.localhost', path)).status, path).toBe(404);
  });

  test('makes its own request id, whatever the client sends', async () => {
    const answer = await edge.ask('api.localhost', '/api/v1/x', {
      headers: { 'x-request-id': 'mine', 'x-forwarded-for': '1.2.3.4', forwarded: 'for=1.2.3.4' },
    });
    const received = JSON.parse(answer.body) as Record<string, string>;
    expect(received['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.headers['x-request-id']).toBe(received['x-request-id']);
    expect(received['x-forwarded-for']).toBe('127.0.0.1');
    expect(received['forwarded']).toBeUndefined();
    expect(received['host']).toBe(`api.localhost:${edge.config.ports.https}`);
  });

  test('goes on with the trace of a valid traceparent under a span of its own, and replaces any other', async () => {
    const given = await seen('/api/v1/x', { traceparent: TRACE, tracestate: 'a=b' });
    expect(given['traceparent']).toBe(TRACE.replace(/-[0-9a-f]{16}-/, `-${given['x-request-id']?.slice(0, 16)}-`));
    for (const bad of [
      '',
      'x',
      `${TRACE}-1`,
      TRACE.toUpperCase(),
      '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    ]) {
      const received = await seen('/api/v1/x', { traceparent: bad, tracestate: 'a=b' });
      expect(received['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(received['traceparent']).toContain(received['x-request-id']);
      expect(received['tracestate']).toBeUndefined();
    }
  });

  test('says nothing of what answers, and sets the security headers once', async () => {
    const { headers } = await edge.ask('api.localhost', '/nothing');
    expect(headers['server']).toBe('nginx');
    for (const name of [
      'strict-transport-security',
      'x-content-type-options',
      'x-frame-options',
      'content-security-policy',
    ])
      expect(typeof headers[name], name).toBe('string');
    expect((await edge.ask('api.localhost', '/api/v1/x')).headers['server']).toBe('nginx');
  });

  test('refuses an upstream whose certificate has another name', async () => {
    expect((await edge.ask('api.localhost', '/other/x')).status).toBe(502);
  });

  test('limits bodies, heads and rates', async () => {
    expect(
      (
        await edge.ask('api.localhost', '/api/v1/x', {
          method: 'POST',
          body: 'x'.repeat(4097),
          headers: { 'content-type': 'text/plain' },
        })
      ).status,
    ).toBe(413);
    expect((await edge.ask('api.localhost', `/api/v1/${'x'.repeat(8200)}`)).status).toBe(414);
    expect((await edge.ask('api.localhost', '/api/v1/x', { headers: { 'x-big': 'y'.repeat(9000) } })).status).toBe(400);
    const many = await Promise.all(Array.from({ length: 20 }, () => edge.ask('api.localhost', '/slow-rate/x')));
    const refused = many.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(5);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect(many.every(({ status }) => status === 200 || status === 429)).toBe(true);
  });

  test('redirects plain HTTP, and shakes hands under declared names only', async () => {
    const plain = await fetch(`http://127.0.0.1:${edge.config.ports.http}/api/v1/x`, {
      redirect: 'manual',
      headers: { host: 'api.localhost' },
    });
    expect([plain.status, plain.headers.get('location')]).toEqual([421, null]);
    const asked = await rawHttp(
      edge.config.ports.http,
      'GET /api/v1/x?a=b HTTP/1.1\r\nHost: api.localhost\r\nConnection: close\r\n\r\n',
    );
    expect(asked).toContain(`308 Permanent Redirect`);
    expect(asked).toContain(`Location: https://api.localhost:${edge.config.ports.https}/api/v1/x?a=b`);
    await expect(edge.ask('unknown.localhost', '/')).rejects.toThrow();
    await expect(edge.ask('127.0.0.1', '/')).rejects.toThrow();
  });

  test('blocks attacks, in JSON too, lets REST methods pass, and can be told to watch only', async () => {
    const attack = (): Promise<{ status: number }> =>
      edge.ask(
        'api.localhost',
        `/api/v1/x?q=${encodeURIComponent("1' OR '1'='1' UNION SELECT password FROM users--")}`,
      );
    const inBody = {
      method: 'PUT' as const,
      body: JSON.stringify({ a: "1' OR '1'='1' UNION SELECT password FROM users--" }),
      headers: { 'content-type': 'application/json' },
    };
    expect((await attack()).status).toBe(403);
    expect((await edge.ask('api.localhost', '/api/v1/x', inBody)).status).toBe(403);
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const)
      expect((await edge.ask('api.localhost', '/api/v1/x', { method })).status, method).toBe(200);
    await edgeControl(edge.folder).setWaf({ mode: 'monitor' });
    expect((await attack()).status).toBe(200);
    await edgeControl(edge.folder).setWaf({ mode: 'block' });
    expect((await attack()).status).toBe(403);
    const audit = () =>
      readFileSync(join(edge.folder, 'private/audit.log'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { transaction: { unique_id: string; messages: unknown[] } });
    expect(audit().some(({ transaction }) => transaction.messages.length > 0)).toBe(true);
    const refused = edge
      .accessLog()
      .filter(({ status }) => status === 403)
      .map((line) => line['request_id']);
    await expect
      .poll(() => audit().map(({ transaction }) => transaction.unique_id), { timeout: 10_000 })
      .toEqual(expect.arrayContaining(refused));
  });

  test('a configuration that nginx refuses changes nothing', async () => {
    const control = edgeControl(edge.folder);
    const before = control.config();
    await expect(
      control.change((config) => ({ ...config, upstreamIdle: 1, headers: { uriBytes: -1, headerBytes: 1 } })),
    ).rejects.toThrow('nginx refuses');
    expect(control.config()).toEqual(before);
    expect((await edge.ask('api.localhost', '/api/v1/x')).status).toBe(200);
    await expect(control.takeOut('api', upstream.address)).rejects.toThrow('last replica');
  });

  test('logs who asked what and how long it took, and no secret', async () => {
    const answer = await edge.ask('api.localhost', `/api/v1/find?token=${CANARY}`, {
      headers: {
        authorization: `Bearer ${CANARY}`,
        cookie: `s=${CANARY}`,
        'sec-websocket-protocol': `ticket.${CANARY}`,
        referer: `https://x/?${CANARY}`,
        'user-agent': `agent Bearer ${CANARY}`,
        traceparent: TRACE,
      },
    });
    await edge.ask('api.localhost', '/api/v1/eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.x');
    await edge.ask('api.localhost', `/other/x?token=${CANARY}`);
    const text = readFileSync(join(edge.folder, 'logs/access.log'), 'utf8');
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain('eyJhbGciOiJIUzI1NiJ9');
    expect(readFileSync(join(edge.folder, 'private/error.log'), 'utf8')).not.toContain(CANARY);
    const line = edge.accessLog().find((one) => one['request_id'] === answer.headers['x-request-id']);
    expect(line).toMatchObject({
      route: '/api/v1/*',
      path: '/api/v1/find',
      parent_span_id: TRACE.slice(36, 52),
      status: 200,
      trace_id: TRACE.slice(3, 35),
      user_agent: '[redacted]',
    });
    expect(line?.['latency_ms']).toBeTypeOf('number');
    expect(Number(line?.['upstream_latency'])).toBeGreaterThanOrEqual(0);
  });
});

/** What comes back for a request as it is, until the server closes. */
function rawHttp(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('end', () => resolve(received)).on('error', reject);
  });
}
