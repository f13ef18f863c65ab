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

test('a rental is not used any more once it has ended, and late reports are of the time before', async () => {
  const rented = (await platform.ask('POST', '/api/v1/instances', { token: alice, body: { nodeId: node } })).body.id;
  const report = async (body: object) => {
    const path = `/api/v1/instances/${rented}/usage`;
    return platform.ask('POST', path, { token: alice, body: { seconds: 60, ...body } });
  };
  const during = new Date().toISOString();
  expect((await report({ idempotencyKey: 'in-time' })).status).toBe(202);
  await platform.ask('POST', `/api/v1/instances/${rented}/stop`, { token: alice });
  await using(platform.database.client('postgres'), (sql) =>
    sql.query(
      `UPDATE instances SET created_at = now() - interval '2 h', ended_at = now() - interval '1 h' WHERE id = $1`,
      [rented],
    ),
  );
  const ended = Date.now() - 3_600_000;
  expect(await report({})).toMatchObject({ status: 400, body: { detail: expect.stringContaining('after the end') } });
  expect((await report({ usedAt: during })).status).toBe(400);
  expect((await report({ usedAt: new Date(ended - 1000).toISOString() })).status).toBe(202);
  expect(await report({ idempotencyKey: 'in-time' })).toMatchObject({ status: 202, body: { duplicate: true } });
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
