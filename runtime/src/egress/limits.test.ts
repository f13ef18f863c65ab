/** Hostile servers on loopback: redirects, floods, drips, bombs, and proxies in the environment. */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  type Server,
} from 'node:http';
import { createServer as createTlsServer, request as httpsRequest } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { readFileSync, rmSync } from 'node:fs';
import { gzipSync, brotliCompressSync } from 'node:zlib';
import { fetch as undiciFetch, request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { makeAuthority, type TestAuthority } from '../../../test/servers/certificates.ts';
import { EgressRefused, createEgressGuard, egressPolicy, type EgressGuard, type EgressRefusal } from './index.ts';

const seen: EgressRefusal[] = [];
let authority: TestAuthority;
let web: Server;
let secure: Server;
let raw: TcpServer;
let guard: EgressGuard;
let following: EgressGuard;
let base: string;
let rawBase: string;
let secureBase: string;
const sockets = new Set<Socket>();

const answer: RequestListener = (incoming, response) => {
  const { pathname, searchParams } = new URL(incoming.url ?? '', base);
  if (pathname === '/to')
    return response
      .writeHead(Number(searchParams.get('status') ?? 302), { location: searchParams.get('url') ?? '' })
      .end();
  if (pathname === '/flood') return pour(response);
  if (pathname === '/drip') return drip(response);
  if (pathname === '/silence') return;
  if (pathname === '/gzip') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('small'));
  if (pathname === '/bomb')
    return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(4_000_000)));
  if (pathname === '/bomb-br')
    return response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(Buffer.alloc(4_000_000)));
  if (pathname === '/nested')
    return response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(gzipSync('x')));
  response.end(JSON.stringify({ method: incoming.method, headers: incoming.headers }));
};

beforeAll(async () => {
  authority = await makeAuthority();
  const files = await authority.issue('node', { dns: ['node.example'] });
  web = createServer(answer);
  secure = createTlsServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) }, answer);
  raw = createTcpServer((socket) => {
    socket.on('error', () => undefined).once('data', (data) => flood(socket, data.toString().split(' ')[1] ?? ''));
  });
  const servers = [web, secure, raw];
  for (const server of servers) {
    server.on('connection', (socket: Socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  [base, secureBase, rawBase] = ports.map((port, at) => `${at === 1 ? 'https' : 'http'}://127.0.0.1:${port}`) as [
    string,
    string,
    string,
  ];
  const input = {
    allowedCidrs: ['127.0.0.1/32'],
    allowedPorts: ports,
    timeoutMs: 1500,
    maxBytes: 100_000,
    unsafeLoopbackForTests: true,
  };
  const options = {
    onRefused: (refusal: EgressRefusal) => void seen.push(refusal),
    resolve: async () => ['127.0.0.1'],
    tls: () => ({
      ca: readFileSync(authority.ca),
      port: 1,
      host: 'elsewhere',
      servername: 'elsewhere',
      path: '/tmp/none',
    }),
  };
  guard = createEgressGuard(egressPolicy(input), options);
  following = createEgressGuard(egressPolicy({ ...input, maxRedirects: 3 }), options);
});
afterAll(async () => {
  await Promise.all([guard.close(), following.close()]);
  for (const socket of sockets) socket.destroy();
  await Promise.all([web, secure, raw].map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(authority.folder, { recursive: true });
});

async function reason(work: Promise<unknown>): Promise<string | undefined> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error instanceof TypeError ? error.cause : error).toBeInstanceOf(EgressRefused);
  return seen.splice(0)[0]?.reason;
}

function viaAgent(url: string, options: object = {}): Promise<string> {
  const open = url.startsWith('https') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = open(
      url,
      { agent: url.startsWith('https') ? guard.httpsAgent : guard.httpAgent, ...options },
      (incoming: IncomingMessage) => {
        let text = '';
        incoming
          .on('data', (chunk: Buffer) => (text += chunk.toString()))
          .once('end', () => resolve(text))
          .once('error', reject);
      },
    );
    outgoing.once('error', reject).end();
  });
}

test('a refusal is reported once and under its reason; that a caller wants no more of an answer is none', async () => {
  seen.length = 0;
  for (const path of ['/drip', '/silence']) {
    await expect(guard.fetch(base + path)).rejects.toThrow(EgressRefused);
    expect([path, seen.splice(0).map(({ reason }) => reason)]).toEqual([path, ['timeout']]);
  }
  const { body } = await request(`${base}/drip`, { dispatcher: guard.dispatcher });
  body.on('error', () => undefined).destroy();
  await new Promise((resolve) => body.once('close', resolve));
  expect(seen).toEqual([]);
});

describe('limits', () => {
  test('fetch, undici and node:http reach what is allowed, over TLS with the name checked', async () => {
    expect((await guard.fetch(`${base}/`)).status).toBe(200);
    expect((await request(`${base}/`, { dispatcher: guard.dispatcher })).statusCode).toBe(200);
    expect(await viaAgent(`${base}/`)).toContain('GET');
    const named = secureBase.replace('127.0.0.1', 'node.example');
    expect(await (await guard.fetch(named)).json()).toMatchObject({ headers: { host: named.slice(8) } });
    expect(await viaAgent(named)).toContain('GET');
    expect(await reason(guard.fetch(secureBase.replace('127.0.0.1', 'other.example')))).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
  });

  test('redirects are off, and re-checked where they are on', async () => {
    const evil = [
      'http://169.254.169.254/',
      'http://[::1]/',
      'file:///etc/passwd',
      '//localhost/',
      'http://a@127.0.0.1/',
      `${rawBase.replace('127.0.0.1', '2130706434')}/`,
    ];
    for (const url of evil) {
      const path = `/to?url=${encodeURIComponent(url)}`;
      expect((await guard.fetch(base + path)).status).toBe(302);
      await reason(following.fetch(base + path));
      if (!/^file|@/.test(url)) await reason(undiciFetch(base + path, { dispatcher: guard.dispatcher }));
    }
    const good = `/to?status=303&url=${encodeURIComponent(`${base}/end`)}`;
    const posted = await following.fetch(base + good, {
      method: 'POST',
      body: 'x',
      headers: { authorization: 'kept' },
    });
    expect(await posted.json()).toMatchObject({ method: 'GET', headers: { authorization: 'kept' } });
    const spelt = `/to?url=${encodeURIComponent(Buffer.from('/to?status=200&url=/é').toString('latin1'))}`;
    expect((await following.fetch(base + spelt)).headers.get('location')).toBe('/é');
    const moved = `${rawBase}/to-web?${base}`;
    expect(await (await following.fetch(moved, { headers: { authorization: 'secret' } })).json()).not.toHaveProperty(
      'headers.authorization',
    );
    expect(
      await reason(following.fetch(`${base}/to?url=${encodeURIComponent('/to?url=/to?url=/to?url=/to?url=/')}`)),
    ).toBe('redirects');
    const down = `${secureBase.replace('127.0.0.1', 'node.example')}/to?url=${encodeURIComponent(base)}`;
    expect(await reason(following.fetch(down))).toBe('downgrade');
  });

  test('bytes are capped on the wire and unpacked', async () => {
    expect(await reason(guard.fetch(`${base}/flood`))).toBe('too-many-bytes');
    expect(await reason(viaAgent(`${base}/flood`))).toBe('too-many-bytes');
    expect(
      await reason(undiciFetch(`${base}/flood`, { dispatcher: guard.dispatcher }).then((response) => response.text())),
    ).toBe('too-many-bytes');
    expect(await reason(guard.fetch(`${base}/bomb`))).toBe('too-many-bytes');
    expect(await reason(guard.fetch(`${base}/bomb-br`))).toBe('too-many-bytes');
    expect(await reason(guard.fetch(`${base}/nested`))).toBe('content-encoding');
    expect(await (await guard.fetch(`${base}/gzip`)).text()).toBe('small');
    expect(await reason(guard.fetch(`${rawBase}/headers`))).toBe('UND_ERR_HEADERS_OVERFLOW');
    expect(await reason(viaAgent(`${rawBase}/headers`))).toBe('HPE_HEADER_OVERFLOW');
  });

  test('time is capped however slowly something comes', async () => {
    expect(await reason(guard.fetch(`${base}/drip`))).toBe('timeout');
    expect(await reason(viaAgent(`${base}/drip`))).toBe('timeout');
    expect(await reason(guard.fetch(`${rawBase}/early-hints`))).toBe('timeout');
    expect(await reason(guard.fetch(`${rawBase}/mute`))).toBe('timeout');
    expect(await reason(guard.fetch(`${secureBase.replace(/:\d+$/, '')}:${new URL(rawBase).port}`))).toMatch(
      /timeout|ERR_SSL/,
    );
  });

  test("the caller signal is the caller's", async () => {
    await expect(guard.fetch(`${base}/drip`, { signal: AbortSignal.abort(new Error('mine')) })).rejects.toThrow('mine');
  });

  test('what would talk to somebody else through an allowed connection is refused', async () => {
    expect(await reason(guard.fetch(base, { headers: { Host: 'metadata.google.internal' } }))).toBe('host-header');
    expect(await reason(viaAgent(base, { headers: { host: 'metadata.google.internal' } }))).toBe('host-header');
    expect(await reason(viaAgent(base, { socketPath: '/var/run/docker.sock' }))).toBe('socket-path');
    expect(await reason(viaAgent(base, { hostname: '127.0.0.2' }))).toBe('not-allowed');
    expect(await reason(viaAgent(base, { lookup: () => undefined, hostname: '::1' }))).toBe('ipv4-compatible');
    expect(
      await reason(
        Promise.resolve().then(() => guard.dispatcher.dispatch({ origin: base, path: '/', method: 'CONNECT' }, {})),
      ),
    ).toBe('method');
    expect(await reason(guard.connect({ host: '127.0.0.1', port: 22 }))).toBe('port');
    expect(await reason(guard.connect({ host: '0x7f.2', port: Number(new URL(base).port) }))).toBe('not-allowed');
  });

  test('proxies of the environment are not used', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
      ALL_PROXY: 'http://127.0.0.1:9',
    });
    try {
      expect((await guard.fetch(base)).status).toBe(200);
      expect(await viaAgent(base)).toContain('GET');
    } finally {
      process.env = before;
    }
  });

  test('ws goes through the agent, and its socket outlives the time of a request', async () => {
    const sockets = new WebSocketServer({ server: web });
    sockets.on('connection', (peer) => peer.on('message', (data) => peer.send(data)));
    const client = new WebSocket(base.replace('http', 'ws'), { agent: guard.httpAgent });
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
    client.send('hello');
    expect(String(await new Promise((resolve) => client.once('message', resolve)))).toBe('hello');
    client.terminate();
    const refused = new WebSocket('ws://169.254.169.254/', { agent: guard.httpAgent });
    expect(await reason(new Promise((_, reject) => refused.once('error', reject)))).toBe('port');
    sockets.close();
  });

  test('guards share no connections', async () => {
    const port = Number(new URL(base).port);
    await guard.fetch(base);
    const other = createEgressGuard(egressPolicy({ allowedCidrs: ['10.0.0.0/8'], allowedPorts: [port] }));
    await expect(other.fetch(base)).rejects.toThrow(EgressRefused);
    await other.close();
  });
});

function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more).on('error', () => undefined);
  more();
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write('.'), 50);
  response.once('close', () => clearInterval(timer));
}

function flood(socket: Socket, path: string): void {
  const repeat = (text: string) => {
    const timer = setInterval(() => socket.write(text), 20);
    socket.once('close', () => clearInterval(timer));
  };
  if (path === '/headers') socket.write(`HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(40)}`);
  else if (path.startsWith('/to-web'))
    socket.end(`HTTP/1.1 307 x\r\nlocation: ${path.split('?')[1]}\r\ncontent-length: 0\r\n\r\n`);
  else if (path === '/early-hints') repeat('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n');
}
