/** What a rental keeps others from, and until when it is used. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { using } from '../../test-support/database.ts';
import { startPlatform, type TestPlatform } from '../../test-support/platform.ts';

let platform: TestPlatform;
let alice: string;
let root: string;
let node: string;

beforeAll(async () => {
  platform = await startPlatform();
  alice = await platform.provider.token('alice');
  root = await platform.provider.token('root');
  const body = { name: 'gpu-1', address: '10.255.0.1', region: 'lab', gpuModel: 'H100' };
  node = (await platform.ask('POST', '/api/v1/nodes', { token: root, body })).body.id;
}, 120_000);
afterAll(() => platform?.stop());

test('a node that is rented is not made available before its rental has ended', async () => {
  const rented = (await platform.ask('POST', '/api/v1/instances', { token: alice, body: { nodeId: node } })).body.id;
  const change = async (status: string) =>
    (await platform.ask('PATCH', `/api/v1/nodes/${node}`, { token: root, body: { status } })).body.status;
  expect(await change('cordoned')).toBe('cordoned');
  expect(await change('available')).toBe('rented');
  expect((await platform.ask('GET', '/api/v1/nodes', { token: alice })).body.items).toEqual([]);
  await platform.ask('POST', `/api/v1/instances/${rented}/stop`, { token: alice });
  expect((await platform.ask('GET', '/api/v1/nodes', { token: alice })).body.items).toMatchObject([{ id: node }]);
  expect([await change('cordoned'), await change('available')]).toEqual(['cordoned', 'available']);
});

test('a node that is being rented meanwhile is not made available either', async () => {
  const me = (await platform.ask('GET', '/api/v1/me', { token: alice })).body;
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'api_a' AND wait_event_type = 'Lock'`;
  const waiters = () =>
    using(platform.database.client('postgres'), async (sql) => (await sql.query<{ n: number }>(waiting)).rows[0]?.n);
  await using(platform.database.client('postgres'), async (renter) => {
    await renter.query('BEGIN');
    await renter.query(`UPDATE nodes SET status = 'rented' WHERE id = $1`, [node]);
    const { rows } = await renter.query(
      `INSERT INTO instances (tenant_id, user_id, node_id, region, price_micros) VALUES ('acme', $1, $2, 'lab', 700) RETURNING id`,
      [me.id, node],
    );
    const change = platform.ask('PATCH', `/api/v1/nodes/${node}`, { token: root, body: { status: 'available' } });
    await expect.poll(waiters, { timeout: 4000 }).toBe(1);
    await renter.query('COMMIT');
    expect((await change).body.status).toBe('rented');
    await platform.ask('POST', `/api/v1/instances/${rows[0]?.id}/stop`, { token: alice });
  });
});

test('a rental is not used any more once it has ended, and late reports are of the time before', async () => {
  const rented = (await platform.ask('POST', '/api/v1/instances', { token: alice, body: { nodeId: node } })).body.id;
  const report = async (body: object) => {
    const path = `/api/v1/instances/${rented}/usage`;
    return platform.ask('POST', path, { token: alice, body: { seconds: 60, ...body } });
  };
  const during = new Date().toISOString();
  expect(await report({})).toMatchObject({ status: 409, body: { detail: expect.stringContaining('agent') } });
  await platform.agentsAnswered();
  expect((await report({ idempotencyKey: 'in-time' })).status).toBe(202);
  await platform.ask('POST', `/api/v1/instances/${rented}/stop`, { token: alice });
  await using(platform.database.client('postgres'), (sql) =>
    sql.query(
      `UPDATE instances SET created_at = now() - interval '3 h', ready_at = now() - interval '2 h', ended_at = now() - interval '1 h' WHERE id = $1`,
      [rented],
    ),
  );
  const ended = Date.now() - 3_600_000;
  expect(await report({})).toMatchObject({ status: 400, body: { detail: expect.stringContaining('after the end') } });
  expect((await report({ usedAt: during })).status).toBe(400);
  expect((await report({ usedAt: new Date(ended - 1000).toISOString() })).status).toBe(202);
  const pending = new Date(Date.now() - 2.5 * 3_600_000).toISOString();
  expect(await report({ usedAt: pending })).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('before') },
  });
  expect(await report({ idempotencyKey: 'in-time' })).toMatchObject({ status: 202, body: { duplicate: true } });
});

test('another report under the key of an earlier one is refused, and not taken for it', async () => {
  const { id } = (await platform.ask('POST', '/api/v1/instances', { token: alice, body: { nodeId: node } })).body;
  await platform.agentsAnswered();
  const report = (body: object) =>
    platform.ask('POST', `/api/v1/instances/${id}/usage`, {
      token: alice,
      body: { idempotencyKey: 'hour-1', ...body },
    });
  const usedAt = new Date().toISOString();
  expect((await report({ seconds: 60, usedAt })).status).toBe(202);
  expect((await report({ seconds: 60, usedAt })).body).toMatchObject({ duplicate: true });
  expect((await report({ seconds: 60 })).body).toMatchObject({ duplicate: true });
  expect(await report({ seconds: 120, usedAt })).toMatchObject({ status: 409 });
  expect(await report({ seconds: 60, usedAt: new Date(Date.parse(usedAt) + 1).toISOString() })).toMatchObject({
    status: 409,
  });
  await platform.ask('POST', `/api/v1/instances/${id}/stop`, { token: alice });
});

test('who ends a rental again is answered as before, and the next one of the node goes on', async () => {
  const rent = async () =>
    (await platform.ask('POST', '/api/v1/instances', { token: alice, body: { nodeId: node } })).body.id;
  const stop = (id: string, token = alice) => platform.ask('POST', `/api/v1/instances/${id}/stop`, { token });
  const first = await rent();
  const answers = await Promise.all([stop(first), stop(first)]);
  expect(answers.map(({ status, body }) => [status, body.status])).toEqual([
    [200, 'stopped'],
    [200, 'stopped'],
  ]);
  const second = await rent();
  expect((await stop(first)).body).toEqual(answers[0]?.body);
  expect((await platform.ask('GET', `/api/v1/instances/${second}`, { token: alice })).body.status).toBe('pending');
  expect((await platform.ask('GET', '/api/v1/nodes', { token: alice })).body.items).toEqual([]);
  expect((await stop(first, root)).status).toBe(404);
  await stop(second);
});

test('the terminals of a rental end with it, and are not taken up in the next', async () => {
  const rent = async (): Promise<string> => {
    const { body } = await platform.ask('POST', '/api/v1/instances', { token: alice, body: { nodeId: node } });
    await using(platform.database.client('postgres'), (sql) =>
      sql.query(`UPDATE instances SET status = 'running', ready_at = now() WHERE id = $1`, [body.id]),
    );
    return body.id;
  };
  const ticket = async (more: object = {}) =>
    platform.ask('POST', '/api/v1/terminal/tickets', { token: alice, body: { nodeId: node, ...more } });
  const first = await rent();
  const [one, other] = [(await ticket()).body.session, (await ticket()).body.session];
  expect((await ticket({ session: one })).status).toBe(201);
  await platform.ask('POST', `/api/v1/instances/${first}/stop`, { token: alice });
  const revoked = async () => (await platform.ask('GET', '/api/v1/admin/denylist', { token: root })).body.items;
  const items = await revoked();
  expect(items).toHaveLength(2);
  expect(new Set(items.map(({ value }) => value))).toEqual(new Set([one, other]));
  expect(items[0]).toMatchObject({ kind: 'session', reason: 'the rental of its node has ended' });
  expect((await ticket()).status).toBe(404);
  const second = await rent();
  expect((await ticket({ session: one })).status).toBe(404);
  const fresh = await ticket();
  expect(fresh.status).toBe(201);
  await platform.ask('POST', `/api/v1/instances/${second}/stop`, { token: alice });
  const values = (await revoked()).map(({ value }) => value);
  expect(values).toEqual([fresh.body.session, ...items.map(({ value }) => value)]);
});
