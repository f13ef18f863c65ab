/** Deeds outside of any transaction: on record before they are done, and again when they have an end. */
import { expect, test, vi } from 'vitest';
import { nodeRoutes } from '../fleet/nodes.ts';
import type { Routes } from '../http/route.ts';
import type { Database } from '../stores/database.ts';
import { adminRoutes } from './routes.ts';
import type { Deed, RecordDeed } from './trail.ts';

const NODE = { id: '6d3f0d0a-6e1c-4a58-9a51-0f5a1f1c9d10', address: '10.255.0.1', agent_port: 7443 };

/** The handlers of all routes, by the route's id. */
function handlers(lastDeedKept: string, outcome: string | undefined) {
  const kept: Deed[] = [];
  const done: string[] = [];
  const record: RecordDeed = async (_request, _principal, deed) => {
    kept.push(deed);
    if (deed.action === lastDeedKept) throw new Error('the database is gone');
  };
  const query = vi.fn(async () => ({ rows: [NODE], rowCount: 1 }));
  const db = { query, transaction: (run) => run({ query } as never) } as Database;
  const all = new Map<string, (input: object) => Promise<unknown>>();
  const route: Routes = (spec) => void all.set(spec.id, spec.handle as never);
  adminRoutes(route, {
    db,
    record,
    async retryWebhook(_provider, id) {
      done.push(id);
      return outcome;
    },
  });
  nodeRoutes(route, {
    db,
    record,
    async probe(url) {
      done.push(url);
      return { outcome: 'reachable', latencyMs: 1 };
    },
  });
  const call = (id: string, params: object) => all.get(id)?.({ params, principal: {}, request: {}, body: undefined });
  return { call, kept, done };
}

test.each([
  ['retryWebhook', 'webhook.retry', { provider: 'stripe', id: 'evt_1' }],
  ['probeNode', 'node.probe', { id: NODE.id }],
])('%s is not done where its beginning cannot be recorded, and never without a line', async (id, action, params) => {
  const refused = handlers(`${action}.begin`, 'applied');
  await expect(refused.call(id, params)).rejects.toThrow('gone');
  expect(refused.done).toEqual([]);

  const halfway = handlers(action, 'applied');
  await expect(halfway.call(id, params)).rejects.toThrow('gone');
  expect(halfway.done).toHaveLength(1);
  expect(halfway.kept[0]).toMatchObject({ action: `${action}.begin` });

  const whole = handlers('none', 'applied');
  await whole.call(id, params);
  expect(whole.kept.map((deed) => deed.action)).toEqual([`${action}.begin`, action]);
});

test.each([
  ['applied', 'success'],
  ['failed', 'failure'],
  ['dead', 'failure'],
])('a retry that ends as %s is a %s', async (outcome, expected) => {
  const { call, kept } = handlers('none', outcome);
  expect(await call('retryWebhook', { provider: 'stripe', id: 'evt_1' })).toEqual({ outcome });
  expect(kept.at(-1)).toMatchObject({ outcome: expected, fields: { outcome } });
});

test('a retry of what was never received is a failure, and not found', async () => {
  const { call, kept } = handlers('none', undefined);
  await expect(call('retryWebhook', { provider: 'stripe', id: 'evt_1' })).rejects.toMatchObject({ status: 404 });
  expect(kept.at(-1)).toMatchObject({ outcome: 'failure' });
});
