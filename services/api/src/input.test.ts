/** What cannot be stored, or is no request at all, is the client's fault, and told as every other one. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPlatform, type TestPlatform } from '../test-support/platform.ts';

let platform: TestPlatform;
let root: string;
let node: string;

const NODE = { address: '10.255.0.1', region: 'lab', gpuModel: 'H100' };

beforeAll(async () => {
  platform = await startPlatform();
  root = await platform.provider.token('root');
  node = (await post('/api/v1/nodes', { ...NODE, name: 'plain' })).body.id;
}, 120_000);
afterAll(() => platform?.stop());

function post(path: string, body: unknown) {
  return platform.ask('POST', path, { token: root, body });
}

const cursor = (at: string) => Buffer.from(`${at}|${randomUUID()}`).toString('base64url');

describe('a problem with the request is told as one', () => {
  const revocation = { kind: 'token', value: 'of-a-laptop', reason: 'stolen laptop' };
  const denylist = '/api/v1/admin/denylist';
  test.each([
    ['a NUL in a value', denylist, { ...revocation, value: 'a\0b' }],
    ['half a character in a value, of which another text would be kept', denylist, { ...revocation, value: 'a\ud800' }],
    ['a NUL in a reason', denylist, { ...revocation, reason: 'stolen\0laptop' }],
    ['a NUL in an incident', denylist, { ...revocation, incident: 'INC\0' }],
    ['a reason of spaces', denylist, { ...revocation, reason: '     ' }],
    ['a reason of white space', denylist, { ...revocation, reason: '\t\n\t\n' }],
    ['issued-before for one value', denylist, { ...revocation, kind: 'issued-before', issuedBefore: 5 }],
    [
      'milliseconds for seconds, which would lock everybody out',
      denylist,
      { ...revocation, kind: 'issued-before', value: '*', issuedBefore: Date.now() },
    ],
    ['a lift for no reason', `${denylist}/1/lift`, { reason: '     ' }],
    ['a suspension for no reason', '/api/v1/admin/users/root/suspend', { reason: '     ' }],
    ['a NUL in a path', '/api/v1/admin/webhooks/stripe/a%00b/retry', {}],
    ['a NUL in a region', '/api/v1/nodes', { ...NODE, name: 'one', region: 'a\0' }],
    ['a NUL in JSON that is kept', '/api/v1/nodes', { ...NODE, name: 'two', labels: { rack: 'a\0' } }],
    ['half a character in JSON that is kept', '/api/v1/nodes', { ...NODE, name: 'six', labels: { rack: '\udc00' } }],
    ['a NUL in a label', '/api/v1/labels', { label: 'a\0b' }],
    ['a NUL in a label of a rental', '/api/v1/instances', { nodeId: randomUUID(), label: 'a\0b' }],
  ])('%s', async (_, path, body) => {
    const answer = await post(path, body);
    expect(answer).toMatchObject({ status: 400, body: { title: 'Bad request', requestId: expect.any(String) } });
  });

  test.each([
    ['a NUL in a query', '/api/v1/admin/users?after=a%00', 400],
    [
      'a second in too many parts',
      `/api/v1/instances?cursor=${cursor(`2020-01-01T00:00:00.${'0'.repeat(134)}Z`)}`,
      400,
    ],
    ['a year that no calendar has', `/api/v1/instances?cursor=${cursor('0000-01-01T00:00:00Z')}`, 400],
    ['a path that is none', '/api/v1/instances/%zz', 400],
    ['a parameter that is too long', `/api/v1/instances/${'a'.repeat(400)}`, 414],
  ])('%s', async (_, path, status) => {
    const answer = await platform.ask('GET', path, { token: root });
    expect(answer).toMatchObject({ status, body: { status, requestId: expect.any(String) } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test('an event that nobody received cannot be tried again', async () =>
    expect(await post('/api/v1/admin/webhooks/stripe/evt_never/retry', {})).toMatchObject({ status: 404 }));
});

describe('a body is read as what it is, or not at all', () => {
  const body = '{"label":"rack"}';
  test.each([
    ['text', body, { 'content-type': 'text/plain' }],
    ['a form', 'label=rack', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['one that is compressed', gzipSync(body), { 'content-encoding': 'gzip' }],
    ['one that says it is compressed', body, { 'content-encoding': 'gzip' }],
    ['one in two encodings', body, { 'content-encoding': 'identity, gzip' }],
  ])('%s is refused', async (_, raw, headers) => {
    const answer = await platform.ask('POST', '/api/v1/labels', { token: root, raw, headers });
    expect(answer).toMatchObject({ status: 415, body: { status: 415, requestId: expect.any(String) } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test('one that says it is as it is is taken', async () => {
    const headers = { 'content-encoding': 'Identity' };
    expect(await platform.ask('POST', '/api/v1/labels', { token: root, raw: body, headers })).toMatchObject({
      status: 201,
    });
  });

  test('a request without a body may say of it what it will', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expect((await platform.ask('GET', '/api/v1/me', { token: root, headers })).status).toBe(200);
  });

  test('a compressed webhook is refused as well', async () => {
    const answer = await platform.ask('POST', '/webhooks/stripe', {
      raw: gzipSync('{}'),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(answer.status).toBe(415);
  });
});

/** All that comes back for what is sent, up to the end of the connection. */
async function wire(text: string): Promise<string> {
  const { ca, cert, key } = platform.certificates;
  const files = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
  const socket = connect({ host: '127.0.0.1', port: platform.port, servername: 'localhost', ...files });
  let received = '';
  socket.on('data', (data) => (received += String(data))).on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return received;
}

describe('what is no request', () => {
  test.each([
    ['headers that are too long', 431, `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(200_000)}\r\n\r\n`],
    ['two lengths of one body', 400, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
    [
      'a body of two framings',
      400,
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    ],
    ['something else', 400, 'SSH-2.0-none\r\n\r\n'],
    ['two hosts', 400, 'GET /api/v1/me HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n'],
    ['no host', 400, 'GET /api/v1/me HTTP/1.1\r\nconnection: close\r\n\r\n'],
  ])('%s is answered once, as a problem, and its connection ends', async (_, status, text) => {
    const received = await wire(text);
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    expect(received).toMatch(/content-type: application\/problem\+json/i);
    expect(JSON.parse(received.slice(received.indexOf('{')))).toMatchObject({ status, title: expect.any(String) });
  });
});

describe('what passes no route', () => {
  interface Access {
    readonly msg: string;
    readonly request_id: string;
    readonly route: string;
    readonly status: number;
    readonly method: string;
  }

  /** The access line of the request with this id. */
  async function line(id: string): Promise<Access | undefined> {
    const find = () =>
      platform
        .api()
        .output()
        .split('\n')
        .filter((text) => text.includes('"msg":"request"') && text.includes(`"request_id":"${id}"`))
        .map((text) => JSON.parse(text) as Access);
    await expect.poll(() => find().length, { timeout: 5000 }).toBe(1);
    return find()[0];
  }

  const END = 'host: a\r\nconnection: close\r\n\r\n';
  test.each([
    ['an unknown expectation', 417, '/api/v1/me', `GET /api/v1/me HTTP/1.1\r\nexpect: cake\r\n${END}`],
    ['a path that cannot be decoded', 400, '(unmatched)', `GET /api/v1/%ff HTTP/1.1\r\n${END}`],
    ['a tunnel', 405, '(connect)', `CONNECT internal:443 HTTP/1.1\r\n${END}`],
  ])('%s is refused as a problem, under an id that has its line in the log', async (_, status, route, text) => {
    const received = await wire(text);
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*content-type: application/problem\\+json`, 'i'));
    const { requestId } = JSON.parse(received.slice(received.indexOf('{'))) as { requestId: string };
    expect(received).toMatch(new RegExp(`^x-request-id: ${requestId}\r$`, 'im'));
    expect(await line(requestId)).toMatchObject({ status, route, method: text.slice(0, text.indexOf(' ')) });
  });

  test.each(['h2c', 'TLS/1.0', 'IRC/6.9, h2c'])('an upgrade to %s is passed over', async (protocol) => {
    const upgrade = `connection: upgrade, close\r\nupgrade: ${protocol}\r\n`;
    const authorization = `authorization: Bearer ${root}\r\n`;
    const received = await wire(`GET /api/v1/me HTTP/1.1\r\nhost: a\r\n${upgrade}${authorization}\r\n`);
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
  });
});

test('who asks for the headers of the events gets them, and no stream', async () => {
  const answer = await platform.ask('HEAD', '/events', { token: root });
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream' } });
  expect(await platform.ask('HEAD', '/events')).toMatchObject({ status: 401 });
});

test('what can be stored is, as it came', async () => {
  const label = 'Łódź \u{1f600} \u0001 rack/1';
  expect(await post('/api/v1/labels', { label })).toMatchObject({ status: 201, body: { label } });
  const reason = '  stolen laptop  ';
  const revoked = await post('/api/v1/admin/denylist', { kind: 'tenant', value: 'of-nobody', reason });
  expect(revoked.status).toBe(201);
  expect((await platform.ask('GET', '/api/v1/admin/denylist', { token: root })).body.items[0]).toMatchObject({
    id: revoked.body.id,
    value: 'of-nobody',
    reason: 'stolen laptop',
  });
  const marked = {
    kind: 'tenant-issued-before',
    value: 'of-nobody',
    reason,
    issuedBefore: Math.floor(Date.now() / 1000),
  };
  expect((await post('/api/v1/admin/denylist', marked)).status).toBe(201);
  const earliest = `/api/v1/instances?cursor=${cursor('0001-01-01T00:00:00Z')}`;
  expect((await platform.ask('GET', earliest, { token: root })).status).toBe(200);
  const labels = await platform.ask('PATCH', `/api/v1/nodes/${node}`, { token: root, body: { labels: { rack: 'é' } } });
  expect(labels.status).toBe(200);
});
