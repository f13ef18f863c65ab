import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { correlation, current, trustOf, type CorrelationOptions } from './index.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const HEADERS = {
  'x-request-id': 'edge-12345678',
  traceparent: TRACEPARENT,
  tracestate: 'ven=1',
  baggage: 'tenant=t1,secret=x',
};
const apps: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function start(options: CorrelationOptions): Promise<string> {
  const app = fastify();
  apps.push(app);
  await app.register(correlation, options);
  app.get('/', (request) =>
    new Promise((resolve) => setImmediate(resolve)).then(() => ({ ...current(), fastify: request.id })),
  );
  return app.listen({ port: 0, host: '127.0.0.1' });
}

test('ids of a trusted peer are taken on, and told back', async () => {
  const url = await start({ trust: { cidrs: ['127.0.0.0/8'] }, baggage: ['tenant'] });
  const answer = await fetch(url, { headers: HEADERS });
  expect(answer.headers.get('x-request-id')).toBe('edge-12345678');
  expect(await answer.json()).toMatchObject({
    requestId: 'edge-12345678',
    fastify: 'edge-12345678',
    baggage: { tenant: 't1' },
    trace: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', flags: 1, state: 'ven=1' },
    parent: { spanId: '00f067aa0ba902b7' },
  });
});

test.each([[{}], [{ trust: { cidrs: ['10.0.0.0/8', '::1/128'] } }]])(
  'ids of anybody else are made anew: %j',
  async (options) => {
    const url = await start(options);
    const body = (await (await fetch(url, { headers: HEADERS })).json()) as {
      requestId: string;
      trace: { traceId: string };
      parent?: unknown;
      baggage?: unknown;
    };
    expect(body.requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(body.trace.traceId).not.toContain('4bf92f35');
    expect(body.parent ?? body.baggage).toBeUndefined();
  },
);

test('malformed ids of a trusted peer are made anew', async () => {
  const url = await start({ trust: { cidrs: ['127.0.0.1'] } });
  for (const bad of ['short', 'a b c d e f g', 'x'.repeat(200), '../../../etc/passwd', '${jndi:ldap://x}']) {
    const answer = await fetch(url, { headers: { 'x-request-id': bad, traceparent: `${TRACEPARENT}-x` } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
    await answer.text();
  }
});

test('requests beside each other keep their own', async () => {
  const url = await start({ trust: { cidrs: ['127.0.0.1'] } });
  const ids = Array.from({ length: 50 }, (_, index) => `request-${index}-xx`);
  const seen = await Promise.all(
    ids.map(
      async (id) =>
        ((await (await fetch(url, { headers: { 'x-request-id': id } })).json()) as { requestId: string }).requestId,
    ),
  );
  expect(seen).toEqual(ids);
});

test('the context of a request ends with it: not the next one of its connection, nor a caller within the process, works in it', async () => {
  const app = fastify();
  apps.push(app);
  await app.register(correlation);
  const within: unknown[] = [];
  app.get('/', (_request, reply) => {
    within.push(current()?.requestId);
    reply.send({});
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const before: unknown[] = [];
  app.server.prependListener('request', () => void before.push(current()));
  const socket = connect((app.server.address() as { port: number }).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3));
  socket.end();
  await once(socket.resume(), 'close');
  expect(before).toEqual([undefined, undefined, undefined]);
  expect(new Set(within).size).toBe(3);
  const injected = app.inject('/');
  expect(current()).toBeUndefined();
  await injected;
  expect(current()).toBeUndefined();
});

test('an id that Fastify was told to read from a header is believed only of the trusted', async () => {
  const app = fastify({ requestIdHeader: 'x-request-id' });
  apps.push(app);
  await app.register(correlation);
  app.get('/', (request) => ({ id: request.id, own: current()?.requestId }));
  const { id, own } = (await app.inject({ url: '/', headers: HEADERS })).json<{ id: string; own: string }>();
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(own).toBe(id);
});

test('a network that is none is refused when it starts', () => {
  for (const bad of ['10.0.0.0/33', 'example.com', '999.1.1.1', '10.0.0.0/', '10.0.0.0/8/9', '', '::/129'])
    expect(() => trustOf({ cidrs: [bad] }), bad).toThrow(/trust\.cidrs/);
});

test('a verified client certificate is trusted by its name, another is not', async () => {
  const authority = await makeAuthority();
  const [server, edge, other, disguised] = await Promise.all([
    authority.issue('server'),
    authority.issue('edge', { spiffe: 'spiffe://platform/edge' }),
    authority.issue('other', { spiffe: 'spiffe://platform/other' }),
    authority.issue('disguised', { spiffe: 'http://a, URI:spiffe://platform/edge, DNS:b' }),
  ]);
  const tls = (files: typeof server): { cert: Buffer; key: Buffer; ca: Buffer } => ({
    cert: readFileSync(files.cert),
    key: readFileSync(files.key),
    ca: readFileSync(files.ca),
  });
  const app = fastify({ https: { ...tls(server), requestCert: true, rejectUnauthorized: true } });
  apps.push(app as unknown as FastifyInstance);
  await app.register(correlation, { trust: { peers: ['spiffe://platform/edge'] } });
  app.get('/', () => ({ ...current() }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  const idFor = (files: typeof server): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const call = httpsRequest(
        { host: '127.0.0.1', port, servername: 'localhost', agent: false, headers: HEADERS, ...tls(files) },
        (answer) => {
          answer.resume().once('end', () => resolve(answer.headers['x-request-id']));
        },
      );
      call.once('error', reject).end();
    });
  expect(await idFor(edge)).toBe('edge-12345678');
  expect(await idFor(other)).toMatch(/^[0-9a-f]{32}$/);
  expect(await idFor(disguised)).toMatch(/^[0-9a-f]{32}$/);
});

test.each([
  ['URI:spiffe://shop/edge', true],
  ['DNS:x, URI:spiffe://shop/edge', true],
  ['URI:"http://a, URI:spiffe://shop/edge, DNS:b"', false],
  ['DNS:"a, URI:spiffe://shop/edge, DNS:b"', false],
  ['DNS:spiffe://shop/edge', false],
  ['email:spiffe://shop/edge', false],
  ['DNS:Edge.Shop', true],
  ['URI:edge.shop', false],
  ['', false],
])('names of a certificate, %s, are trusted: %s', (subjectaltname, expected) => {
  const trusts = trustOf({ peers: ['spiffe://shop/edge', 'edge.shop'] });
  const socket = { encrypted: true, authorized: true, getPeerCertificate: () => ({ subjectaltname }) };
  expect(trusts({ socket } as unknown as IncomingMessage)).toBe(expected);
});
