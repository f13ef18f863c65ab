import { randomUUID, createPublicKey } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { using } from '../test-support/database.ts';
import { CONSOLE, startPlatform, type TestPlatform } from '../test-support/platform.ts';

let platform: TestPlatform;
let alice: string;
let root: string;
let node: string;

beforeAll(async () => {
  platform = await startPlatform();
  alice = await platform.provider.token('alice');
  root = await platform.provider.token('root');
  node = (await addNode('gpu-1')).body.id;
}, 120_000);
afterAll(() => platform?.stop());

function addNode(name: string, address = '10.255.0.1') {
  return platform.ask('POST', '/api/v1/nodes', {
    token: root,
    body: { name, address, region: 'lab', gpuModel: 'H100' },
  });
}

describe('who may ask', () => {
  test('nobody without a token, and no user where admins are wanted', async () => {
    for (const path of ['/api/v1/me', '/api/v1/instances', '/events', '/api/v1/admin/users']) {
      const answer = await platform.ask('GET', path);
      expect(answer).toMatchObject({ status: 401, body: { title: 'Unauthorized', requestId: expect.any(String) } });
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    expect((await platform.ask('GET', '/api/v1/admin/users', { token: alice })).status).toBe(403);
    expect((await platform.ask('POST', '/api/v1/nodes', { token: alice, body: {} })).status).toBe(403);
  });

  test('an account comes into being with its first token', async () => {
    expect((await platform.ask('GET', '/api/v1/me', { token: alice })).body).toMatchObject({
      id: 'alice',
      tenant: { id: 'acme' },
      status: 'active',
      roles: [],
    });
  });

  test('a suspended account is refused at once, whatever its token says', async () => {
    const token = await platform.provider.token('bob');
    expect((await platform.ask('GET', '/api/v1/me', { token })).status).toBe(200);
    const suspended = await platform.ask('POST', '/api/v1/admin/users/bob/suspend', {
      token: root,
      body: { reason: 'abuse' },
    });
    expect(suspended).toMatchObject({ status: 200, body: { status: 'suspended' } });
    await expect
      .poll(async () => (await platform.ask('GET', '/api/v1/me', { token })).status, { timeout: 5000 })
      .toBe(401);
  });

  test('a reinstated account is let in again, unless it was revoked for another reason', async () => {
    const token = await platform.provider.token('bob');
    const me = () => platform.ask('GET', '/api/v1/me', { token });
    const admin = (path: string, body: object) => platform.ask('POST', `/api/v1/admin/${path}`, { token: root, body });
    const { id } = (await admin('denylist', { kind: 'subject', value: 'bob', reason: 'stolen laptop' })).body;
    const reinstate = () => admin('users/bob/reinstate', { reason: 'an appeal' });
    expect(await reinstate()).toMatchObject({ status: 200, body: { status: 'active' } });
    const entries = async () => (await platform.ask('GET', '/api/v1/admin/denylist', { token: root })).body.items;
    expect(await entries()).toMatchObject([{ id, reason: 'stolen laptop' }]);
    const lifts = await Promise.all([1, 2, 3].map(() => admin(`denylist/${id}/lift`, { reason: 'found' })));
    expect(lifts.map(({ status }) => status).sort()).toEqual([201, 404, 404]);
    await expect.poll(async () => (await me()).status, { timeout: 5000 }).toBe(200);
    expect((await reinstate()).status).toBe(200);
  });
});

test('a reason of several lines is one line of the trail, and keeps no deed from being done', async () => {
  const reason = 'stolen laptop,\nsee\tINC-7';
  const body = { kind: 'token', value: 'of-the-laptop', reason };
  const revoked = await platform.ask('POST', '/api/v1/admin/denylist', { token: root, body });
  expect(revoked).toMatchObject({ status: 201, body: { id: expect.any(Number) } });
  const { rows } = await using(platform.database.client('postgres'), (client) =>
    client.query(`SELECT event::json ->> 'reason' AS reason FROM audit_events WHERE target = $1`, [
      `denylist/${revoked.body.id}`,
    ]),
  );
  expect(rows).toEqual([{ reason: 'stolen laptop, see INC-7' }]);
});

describe('input', () => {
  test.each([
    ['POST', '/api/v1/labels', {}, 400],
    ['POST', '/api/v1/labels', { label: '' }, 400],
    ['POST', '/api/v1/labels', { label: 'x'.repeat(200) }, 400],
    ['POST', '/api/v1/instances', { nodeId: 'x' }, 400],
    ['GET', '/api/v1/instances?limit=1000', undefined, 400],
    ['GET', '/api/v1/instances?cursor=!!!', undefined, 400],
    ['GET', '/api/v1/instances/not-an-id', undefined, 400],
    ['GET', `/api/v1/instances/${randomUUID()}`, undefined, 404],
    ['GET', `/${'x'.repeat(9000)}`, undefined, 414],
    ['GET', '/nowhere', undefined, 404],
    ['GET', '/api/v1/instances/%zz', undefined, 400],
    ['GET', `/api/v1/instances/${'x'.repeat(300)}`, undefined, 414],
    ['GET', '/api/v1/notifications', undefined, 426],
  ])('%s %s %j is answered with a problem', async (method, path, body, status) => {
    const answer = await platform.ask(method, path, { token: alice, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status, requestId: answer.headers['x-request-id'] });
  });

  test.each([
    ['DELETE', '/api/v1/me', 'GET, HEAD'],
    ['PUT', '/api/v1/instances?limit=1', 'GET, HEAD, POST'],
    ['PROPFIND', `/api/v1/nodes/${randomUUID()}`, 'PATCH'],
    ['GET', `/api/v1/instances/${randomUUID()}/stop`, 'POST'],
    ['GET', '/webhooks/stripe', 'POST'],
    ['POST', '/events', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/openapi.json', 'GET, HEAD'],
  ])('%s %s is refused with what the path takes', async (method, path, allow) => {
    const answer = await platform.ask(method, path, { token: alice });
    expect(answer).toMatchObject({
      status: 405,
      headers: { allow },
      body: { status: 405, title: 'Method not allowed' },
    });
  });

  test('what is no JSON, or too much of it', async () => {
    expect((await platform.ask('POST', '/api/v1/labels', { token: alice, raw: '{' })).status).toBe(400);
    expect(
      (await platform.ask('POST', '/api/v1/labels', { token: alice, raw: `"${'x'.repeat(1_100_000)}"` })).status,
    ).toBe(413);
    expect(
      (await platform.ask('GET', '/api/v1/me', { token: alice, headers: { 'x-filler': 'x'.repeat(20_000) } })).status,
    ).toBe(431);
  });
});

describe('fleet', () => {
  test('a node is rented by one tenant at a time, seen by it alone, and free again afterwards', async () => {
    const both = await Promise.all(
      [1, 2].map(() => platform.ask('POST', '/api/v1/instances', { token: alice, body: { nodeId: node } })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const mine = (await platform.ask('GET', '/api/v1/instances?limit=20', { token: alice })).body.items;
    expect(mine).toHaveLength(1);
    expect((await platform.ask('GET', '/api/v1/instances', { token: root })).body.items).toEqual([]);
    expect((await platform.ask('POST', `/api/v1/instances/${mine[0]?.id}/stop`, { token: alice })).body.status).toBe(
      'stopped',
    );
    expect((await platform.ask('GET', '/api/v1/nodes', { token: alice })).body.items[0]).toMatchObject({
      name: 'gpu-1',
      status: 'available',
    });
  });

  test('pages lead through everything once', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await addNode(`page-${name}`);
    const seen: string[] = [];
    for (let path: string | undefined = '/api/v1/admin/nodes?limit=2'; path !== undefined;) {
      const { body } = await platform.ask('GET', path, { token: root });
      seen.push(...body.items.map(({ name }: { name: string }) => name));
      path = body.next === undefined ? undefined : `/api/v1/admin/nodes?limit=2&cursor=${body.next}`;
    }
    expect(seen).toEqual(['page-e', 'page-d', 'page-c', 'page-b', 'page-a', 'gpu-1']);
  });

  test('the same label twice is one', async () => {
    const made = await platform.ask('POST', '/api/v1/labels', { token: alice, body: { label: 'load-1' } });
    expect(made.status).toBe(201);
    expect((await platform.ask('POST', '/api/v1/labels', { token: alice, body: { label: 'load-1' } })).body).toEqual(
      made.body,
    );
  });

  test.each([
    'https://169.254.169.254/latest',
    'http://127.0.0.1/',
    'http://[::ffff:169.254.169.254]/',
    'https://0x7f.1:443/',
    'gopher://10.255.0.1/',
    'https://10.0.0.1/',
    'nonsense',
  ])('a probe of %s fails and tells nothing', async (url) => {
    const answer = await platform.ask('POST', `/api/v1/nodes/${node}/probe`, { token: root, body: { url } });
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'failed' } });
    expect(Object.keys(answer.body).sort()).toEqual(['latencyMs', 'outcome']);
  });

  test('probes that were refused are counted', async () =>
    expect(await platform.metric('node_probe_refused_total')).toBeGreaterThan(3));
});

describe('terminal tickets', () => {
  test('are signed, bound and stored under their hash for half a minute', async () => {
    await platform.ask('POST', '/api/v1/instances', { token: alice, body: { nodeId: node } });
    await platform.agentsAnswered();
    const { status, body } = await platform.ask('POST', '/api/v1/terminal/tickets', {
      token: alice,
      body: { nodeId: node },
      headers: { origin: CONSOLE },
    });
    expect(status).toBe(201);
    const { payload, protectedHeader } = await jwtVerify(body.ticket, createPublicKey(platform.ticketKey));
    expect(payload).toMatchObject({
      sub: 'alice',
      tenant: 'acme',
      ses: body.session,
      node,
      nodeAddr: '10.255.0.1:7443',
      origin: CONSOLE,
      akid: decodeProtectedHeader(alice).kid,
    });
    expect(payload['akid']).toMatch(/./);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(30);
    expect(protectedHeader.kid).toMatch(/^[\w-]{43}$/);
    expect(body.url).toBe(`wss://terminal.test/ws/terminal/${body.session}`);
    const again = await platform.ask('POST', '/api/v1/terminal/tickets', {
      token: alice,
      body: { nodeId: node, session: body.session },
    });
    expect(again.body.session).toBe(body.session);
  });

  test('are for the page, the tenant and the session they belong to', async () => {
    const ask = (token: string, body: object, origin = CONSOLE) =>
      platform.ask('POST', '/api/v1/terminal/tickets', { token, body, headers: { origin } });
    expect((await ask(alice, { nodeId: node }, 'https://evil.test')).status).toBe(403);
    expect((await ask(alice, { nodeId: randomUUID() })).status).toBe(404);
    expect((await ask(alice, { nodeId: node, session: randomUUID() })).status).toBe(404);
  });
});

test('what an admin does is in the trail, under the id of the request', async () => {
  const answer = await addNode('audited');
  const { rows } = await using(platform.database.client('migrator_a'), (client) =>
    client.query(
      `SELECT action, object, result, request_id FROM audit.events WHERE action = 'node.add' ORDER BY seq DESC LIMIT 1`,
    ),
  );
  expect(rows[0]).toMatchObject({
    action: 'node.add',
    object: expect.stringContaining(answer.body.id),
    result: 'success',
    request_id: answer.headers['x-request-id'],
  });
});
