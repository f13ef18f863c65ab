/** Clients as people hand them to the guard: what they may say to an allowed target, and what they unpack of its answer. */
import { createServer, request as httpRequest, type ClientRequest, type RequestOptions, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { fetch as undiciFetch, request, type Dispatcher } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EgressRefused, createEgressGuard, egressPolicy, type EgressGuard, type EgressRefusal } from './index.ts';

const MOST = 100_000;
const BOMB = Buffer.alloc(40 * MOST);
const BODIES: Readonly<Record<string, readonly [coding: string, body: Buffer]>> = {
  '/gzip': ['gzip', gzipSync(BOMB)],
  '/br': ['br', brotliCompressSync(BOMB)],
  '/upper': ['GZIP', gzipSync(BOMB)],
  '/after-identity': ['identity, gzip', gzipSync(BOMB)],
  '/identity': ['identity', Buffer.from('plain')],
  '/corrupt': ['gzip', Buffer.from('no gzip')],
  '/cut': ['gzip', gzipSync(BOMB).subarray(0, 40)],
  '/deflate': ['deflate', deflateSync('small')],
  '/raw-deflate': ['deflate', deflateRawSync('small')],
};
const refusals: EgressRefusal[] = [];
/** Heads of requests that have arrived. */
const arrived: string[] = [];
let web: Server;
let port: number;
let base: string;
let guard: EgressGuard;

beforeAll(async () => {
  web = createServer((incoming, response) => {
    const { method, url = '', rawHeaders } = incoming;
    arrived.push(`${method} ${url} ${rawHeaders.join(' ')}`);
    const [coding, body] = BODIES[url] ?? [];
    if (coding !== undefined) response.setHeader('content-encoding', coding);
    if (url === '/long-head') response.setHeader('x-long', 'y'.repeat(6000));
    response.end(body ?? incoming.headers['accept-encoding'] ?? 'none');
  });
  web.on('connect', ({ url }, socket) => (arrived.push(`CONNECT ${url}`), socket.end('HTTP/1.1 200 OK\r\n\r\n')));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  ({ port } = web.address() as AddressInfo);
  base = `http://127.0.0.1:${port}`;
  guard = createEgressGuard(
    egressPolicy({
      allowedCidrs: ['127.0.0.1/32'],
      allowedPorts: [port],
      maxBytes: MOST,
      maxHeaderBytes: 1024,
      timeoutMs: 5000,
      unsafeLoopbackForTests: true,
    }),
    { onRefused: (refusal) => void refusals.push(refusal) },
  );
});
beforeEach(() => void (refusals.length = arrived.length = 0));
afterAll(async () => {
  await guard.close();
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
});

/** Why the guard refused it. */
async function reason(work: Promise<unknown>): Promise<string | undefined> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error instanceof TypeError ? error.cause : error).toBeInstanceOf(EgressRefused);
  return refusals.splice(0)[0]?.reason;
}

const clients: [name: string, ask: (path: string, headers?: Record<string, string>) => Promise<string>][] = [
  [
    'the fetch of undici',
    async (path, headers = {}) => {
      const { dispatcher } = guard;
      return await (await undiciFetch(base + path, { dispatcher, headers })).text();
    },
  ],
  [
    'the fetch of Node',
    async (path, headers = {}) => {
      const options = { dispatcher: guard.dispatcher, headers } as object;
      return await (await fetch(base + path, options)).text();
    },
  ],
  [
    'the request of undici',
    async (path, headers = {}) => {
      const { body } = await request(base + path, { dispatcher: guard.dispatcher, headers });
      return await body.text();
    },
  ],
];

describe.each(clients)('%s', (_name, ask) => {
  test('asks for nothing packed, whatever its caller asks for', async () => {
    expect(await ask('/')).toBe('identity');
    expect(await ask('/', { 'Accept-Encoding': 'gzip, br' })).toBe('identity');
    expect(await ask('/identity')).toBe('plain');
  });

  test.each(['/gzip', '/br', '/upper', '/after-identity'])('is given nothing of the bomb %s', async (path) => {
    expect(await reason(ask(path))).toBe('content-encoding');
  });
});

describe('the fetch of the guard', () => {
  const unpacked = async (path: string) => await (await guard.fetch(base + path)).text();

  test('unpacks up to the cap, and tells a bomb from what is no packed answer', async () => {
    expect(await unpacked('/deflate')).toBe('small');
    expect(await reason(unpacked('/gzip'))).toBe('too-many-bytes');
    expect(await reason(unpacked('/br'))).toBe('too-many-bytes');
    for (const path of ['/corrupt', '/cut', '/raw-deflate'])
      expect(await reason(unpacked(path)), path).toBe('content-encoding');
  });

  test('says of a refused URL its host and nothing that may be secret', async () => {
    const secret = `user:Hunter2@127.0.0.1:${port}/services/T0/SECRETPATH?token=abc`;
    const origin = `http://user:Hunter2@127.0.0.1:${port}`;
    await expect(guard.fetch(`http://${secret}`)).rejects.toThrow(EgressRefused);
    await expect(guard.fetch(`https://10.9.9.9/SECRETPATH?token=abc`)).rejects.toThrow(EgressRefused);
    await expect(guard.fetch('SECRETPATH?token=abc')).rejects.toThrow(EgressRefused);
    expect(() => guard.dispatcher.dispatch({ origin, path: '/', method: 'GET' }, {})).toThrow(EgressRefused);
    expect(refusals.map(({ host }) => host)).toEqual([`127.0.0.1:${port}`, '10.9.9.9', '', `127.0.0.1:${port}`]);
    expect(JSON.stringify(refusals)).not.toMatch(/Hunter2|SECRET|abc/);
  });
});

describe('the dispatcher', () => {
  const good = () => `127.0.0.1:${port}`;
  const sent = (headers: Dispatcher.DispatchOptions['headers']) =>
    request(base, { dispatcher: guard.dispatcher, headers: headers as Record<string, string> });

  test('refuses a foreign Host in every form of headers that undici takes', async () => {
    const forms: unknown[] = [
      { Host: 'evil.test' },
      { host: [good(), 'evil.test'] },
      ['x', 'y', 'HOST', 'evil.test'],
      // An array is flat to undici, though one of its values is an array.
      ['x', ['a', 'b'], 'host', 'evil.test'],
      new Map([['host', 'evil.test']]),
    ];
    for (const form of forms) expect(await reason(sent(form as Record<string, string>))).toBe('host-header');
    expect(await reason(sent([['host', 'evil.test']] as unknown as string[]))).toBe('headers');
    expect(arrived).toEqual([]);
  });

  test('sends headers on as they were', async () => {
    const { statusCode, body } = await sent(['x-one', ['a', 'b'], 'X-Two', 'c'] as string[]);
    await body.dump();
    expect(statusCode).toBe(200);
    expect(arrived[0]).toMatch(/x-one a x-one b X-Two c/);
  });
});

describe('the agents', () => {
  type Late = (outgoing: ClientRequest) => void;
  function viaAgent(options: RequestOptions, late: Late = () => undefined): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({ agent: guard.httpAgent, host: '127.0.0.1', port, ...options }, (incoming) => {
        incoming.resume().once('end', () => resolve(incoming.statusCode));
      });
      outgoing.once('connect', () => resolve(0)).once('error', reject);
      late(outgoing);
      outgoing.end();
    });
  }
  const evil = { Host: 'evil.test' };
  const cases: [what: string, because: string, options: RequestOptions, late?: Late][] = [
    ['an absolute path', 'path', { path: 'http://169.254.169.254/latest' }],
    ['a path that is a name', 'path', { path: 'evil.test:80' }],
    ['an asterisk that is no OPTIONS', 'path', { path: '*' }],
    ['a tunnel', 'method', { method: 'CONNECT', path: '169.254.169.254:80' }],
    ['a foreign Host', 'host-header', { headers: evil }],
    ['a foreign Host in raw headers', 'host-header', { headers: ['Host', 'evil.test', 'x', 'y'] }],
    ['a second Host in raw headers', 'host-header', { headers: ['Host', '127.0.0.1:PORT', 'hOST', 'evil.test'] }],
    [
      'a foreign Host of a head that is formed at once',
      'host-header',
      { headers: { ...evil, expect: '100-continue' } },
    ],
    ['a foreign Host that is set late', 'host-header', {}, (outgoing) => outgoing.setHeader('host', 'evil.test')],
    ['a path that is set late', 'path', {}, (outgoing) => (outgoing.path = 'http://evil.test/')],
    ['a foreign Host in front of a body', 'host-header', { method: 'POST', headers: evil }, (late) => late.write('x')],
    ['a head that is too long', 'HPE_HEADER_OVERFLOW', { path: '/long-head' }],
    ['a cap of its own', 'HPE_HEADER_OVERFLOW', { path: '/long-head', maxHeaderSize: 65_536 }],
    ['no cap', 'HPE_HEADER_OVERFLOW', { path: '/long-head', maxHeaderSize: 0 }],
  ];

  test.each(cases)('refuse %s', async (_what, because, options, late) => {
    const { headers } = options;
    const named = Array.isArray(headers) ? headers.map((text) => String(text).replace('PORT', String(port))) : headers;
    expect(await reason(viaAgent({ ...options, ...(named === undefined ? {} : { headers: named }) }, late))).toBe(
      because,
    );
    expect(arrived.filter((head) => !head.startsWith('GET /long-head'))).toEqual([]);
  });

  test('let pass what names their target', async () => {
    expect(await viaAgent({ headers: ['Host', `127.0.0.1:${port}`, 'x', 'y'] })).toBe(200);
    expect(await viaAgent({ method: 'OPTIONS', path: '*' })).toBe(200);
    expect(await viaAgent({ method: 'POST', path: '/x' }, (outgoing) => outgoing.write('body'))).toBe(200);
  });
});

test('a certificate that cannot be used leaves no connection behind', async () => {
  const open = () => new Promise<number>((done) => web.getConnections((_, count) => done(count)));
  const before = await open();
  const policy = egressPolicy({ allowedCidrs: ['127.0.0.1/32'], allowedPorts: [port], unsafeLoopbackForTests: true });
  for (const tls of [
    () => ({ cert: 'none', key: 'none' }),
    (): never => {
      throw new Error('no certificate');
    },
  ]) {
    const broken = createEgressGuard(policy, { tls });
    await expect(broken.connect({ host: '127.0.0.1', port, tls: true })).rejects.toThrow(EgressRefused);
    await broken.close();
  }
  await expect.poll(open, { timeout: 2000 }).toBe(before);
});
