import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { at, event, webhookDatabase } from '../../test/webhook-database.ts';
import { createReceiver, type Client, type Handler } from './index.ts';

const database = webhookDatabase();
const ties: boolean[] = [];
const plan: Handler = {
  order: 'latest',
  async apply(client, event, { tie }) {
    ties.push(tie);
    await client.query('INSERT INTO plan VALUES ($1, $2) ON CONFLICT (object) DO UPDATE SET name = EXCLUDED.name', [
      event.object,
      event.id,
    ]);
  },
};
const receiver = () =>
  createReceiver({
    pool: database.pool,
    handlers: { 'invoice.paid': database.credit, 'plan.changed': plan },
    maxAttempts: 3,
  });
const planOf = async (object: string): Promise<string> =>
  (await database.pool.query('SELECT name FROM plan WHERE object = $1', [object])).rows[0]?.name;

describe('an event', () => {
  test('that is replayed is applied once', async () => {
    const { receive } = receiver();
    expect([await receive(event('a')), await receive(event('a')), await receive(event('b'))]).toEqual([
      'applied',
      'duplicate',
      'applied',
    ]);
    expect(await database.credits()).toBe(2);
  });

  test('that comes twenty times at once is applied once', async () => {
    const { receive } = receiver();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => receive(event('a'))));
    expect(outcomes.toSorted()).toEqual(['applied', ...Array<string>(19).fill('duplicate')]);
    expect(await database.credits()).toBe(1);
  });

  test('whose first delivery fails is taken by the one that waited', async () => {
    let first = true;
    database.fault = () => {
      if (!first) return;
      first = false;
      throw new Error('once');
    };
    const outcomes = await Promise.all([receiver().receive(event('a')), receiver().receive(event('a'))]);
    expect(outcomes).toContain('applied');
    expect(await database.credits()).toBe(1);
    expect(await receiver().receive(event('a'))).toBe('duplicate');
  });

  test('is applied as often as it comes where the part is switched off: the fault that a drill has to notice', async () => {
    const { receive } = createReceiver({
      pool: database.pool,
      handlers: { 'invoice.paid': database.credit },
      off: true,
    });
    expect([await receive(event('a')), await receive(event('a'))]).toEqual(['applied', 'applied']);
    expect(await database.credits()).toBe(2);
  });

  test('without a handler is ignored, whatever its name', async () => {
    expect(await receiver().receive(event('a', { type: 'other' }))).toBe('ignored');
    expect(await receiver().receive(event('b', { type: 'constructor' }))).toBe('ignored');
  });
});

describe('order', () => {
  test('an older event does not undo a newer one; each payment counts in any order', async () => {
    const { receive } = receiver();
    const changed = (id: string, second: number) =>
      event(id, { type: 'plan.changed', object: 'sub', created: at(second) });
    expect(await receive(changed('gold', 20))).toBe('applied');
    expect(await receive(changed('free', 10))).toBe('superseded');
    expect(await planOf('sub')).toBe('gold');
    expect(await receive(changed('free', 10))).toBe('duplicate');
    expect(await receive(event('late', { object: 'sub', created: at(5) }))).toBe('applied');
    ties.length = 0;
    expect(await receive(changed('same-second', 20))).toBe('applied');
    expect(ties).toEqual([true]);
  });

  test('whatever order they come in, and all at once, the newest wins', async () => {
    const { receive } = receiver();
    const events = Array.from({ length: 30 }, (_, second) =>
      event(`p${second}`, { type: 'plan.changed', object: 'sub', created: at(second) }),
    );
    await Promise.all(events.toSorted(() => Math.random() - 0.5).map((one) => receive(one)));
    expect(await planOf('sub')).toBe('p29');
  });

  test('a version of the provider orders before the time', async () => {
    const { receive } = receiver();
    const changed = (id: string, version: bigint, second: number) =>
      event(id, { type: 'plan.changed', object: 'sub', version, created: at(second) });
    await receive(changed('newer', 2n ** 70n, 1));
    expect(await receive(changed('older', 7n, 50))).toBe('superseded');
  });
});

describe('poison', () => {
  test('leaves no effect, is dead after its attempts, and can be tried again from the body that was kept', async () => {
    database.fault = () => {
      throw Object.assign(new Error('card 4242 is no good'), { code: 'E_CARD' });
    };
    const { receive, retry } = receiver();
    expect([
      await receive(event('a')),
      await receive(event('a')),
      await receive(event('a')),
      await receive(event('a')),
    ]).toEqual(['failed', 'failed', 'dead', 'dead']);
    expect(await database.credits()).toBe(0);
    const { rows } = await database.pool.query('SELECT attempts, last_error, payload FROM webhook_event');
    expect(rows).toEqual([{ attempts: 3, last_error: 'Error E_CARD', payload: JSON.stringify(event('a').payload) }]);
    expect(await retry('stripe', 'a')).toBe('dead');
    expect(await retry('stripe', 'never received')).toBeUndefined();
    database.fault = undefined;
    expect([await retry('stripe', 'a'), await retry('stripe', 'a'), await receive(event('a'))]).toEqual([
      'applied',
      'duplicate',
      'duplicate',
    ]);
    expect((await database.pool.query('SELECT state, payload FROM webhook_event')).rows).toEqual([
      { state: 'applied', payload: null },
    ]);
  });

  test.each([
    ['ends the transaction', [], ['ROLLBACK']],
    ['begins a transaction of its own', ['ROLLBACK', 'BEGIN'], []],
  ])('a handler that %s has failed, and what it did is not there', async (_, before, after) => {
    const rollsBack: Handler = {
      ...database.credit,
      apply: async (client, event, context) => {
        for (const statement of before) await client.query(statement);
        await database.credit.apply(client, event, context);
        for (const statement of after) await client.query(statement);
      },
    };
    const { receive } = createReceiver({ pool: database.pool, handlers: { 'invoice.paid': rollsBack } });
    // The second time, its row is there before the transaction.
    expect([await receive(event('a')), await receive(event('a')), await database.credits()]).toEqual([
      'failed',
      'failed',
      0,
    ]);
    expect([await receiver().receive(event('a')), await database.credits()]).toEqual(['applied', 1]);
  });

  test('a connection that dies under its handler is a failure of that event, and of nothing else', async () => {
    const dies: Handler = {
      order: 'each',
      apply: async (client: Client) =>
        void (await client.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => sleep(50))),
    };
    const { receive } = createReceiver({ pool: database.pool, handlers: { 'invoice.paid': dies } });
    expect(await receive(event('a'))).toBe('failed');
    expect(await receiver().receive(event('a'))).toBe('applied');
  });

  test('a handler that swallows a broken statement, or breaks at the commit, has failed', async () => {
    await database.pool.query(
      'CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (p int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)',
    );
    const swallow: Handler = {
      order: 'each',
      apply: async (client: Client) => void (await client.query('SELECT nonsense').catch(() => undefined)),
    };
    const late: Handler = {
      order: 'each',
      apply: async (client: Client) => void (await client.query('INSERT INTO child VALUES (1)')),
    };
    const { receive } = createReceiver({ pool: database.pool, handlers: { swallow, late }, maxAttempts: 1 });
    expect(await receive(event('a', { type: 'swallow' }))).toBe('dead');
    expect(await receive(event('b', { type: 'late' }))).toBe('dead');
    await database.pool.query('DROP TABLE child, parent');
  });
});
