import { describe, expect, test } from 'vitest';
import { at, event, webhookDatabase } from '../../test/webhook-database.ts';
import { until } from '../../test/wire.ts';
import { createReceiver, reconcile, type Reconciliation, type WebhookEvent } from './index.ts';

const database = webhookDatabase();
const receiver = () =>
  createReceiver({ pool: database.pool, handlers: { 'invoice.paid': database.credit }, maxAttempts: 3 });

describe('reconciliation', () => {
  const now = at(3_000).getTime();
  async function* listing(...events: WebhookEvent[]): AsyncGenerator<WebhookEvent> {
    yield* events;
  }
  const run = (events: AsyncIterable<WebhookEvent>, since: Date[] = []) =>
    reconcile({
      pool: database.pool,
      receiver: receiver(),
      provider: 'stripe',
      now: () => now,
      settle: 60_000,
      list: (from) => (since.push(from), events),
    });

  test('finds lost events and applies them once, and leaves those alone that are under way', async () => {
    await receiver().receive(event('a', { created: at(10) }));
    const all = [
      event('a', { created: at(10) }),
      event('lost', { created: at(1_000) }),
      event('young', { created: at(2_990) }),
    ];
    expect(await run(listing(...all))).toEqual({
      ran: true,
      listed: 2,
      known: 1,
      recovered: 1,
      superseded: 0,
      ignored: 0,
      failed: 0,
      dead: 0,
      oldestLostSeconds: 2_000,
      comparedTo: at(2_940),
    });
    expect(await database.credits()).toBe(2);
    const since: Date[] = [];
    expect(await run(listing(...all), since)).toMatchObject({ known: 2, recovered: 0, oldestLostSeconds: 0 });
    expect(since).toEqual([at(2_040)]);
    expect(await receiver().receive(event('lost'))).toBe('duplicate');
  });

  test('does not move on over what failed, nor over a listing that broke', async () => {
    database.fault = () => {
      throw new Error('no');
    };
    expect(await run(listing(event('a')))).toMatchObject({ failed: 1, comparedTo: undefined });
    async function* broken(): AsyncGenerator<WebhookEvent> {
      yield event('b');
      throw new Error('page 2');
    }
    await expect(run(broken())).rejects.toThrow('page 2');
    database.fault = undefined;
    expect(await run(listing(event('a'), event('b')))).toMatchObject({ recovered: 2, comparedTo: at(2_940) });
  });

  test('one replica at a time does it', async () => {
    let go = (): void => {};
    let begun = false;
    const gate = new Promise<void>((done) => (go = done));
    async function* slow(): AsyncGenerator<WebhookEvent> {
      begun = true;
      await gate;
      yield event('a');
    }
    const first = run(slow());
    await until(() => begun, 'the first run');
    const others = await Promise.all([run(listing(event('a'))), run(listing(event('a')))]);
    go();
    expect([(await first).ran, ...others.map(({ ran }) => ran)]).toEqual([true, false, false]);
    expect(await database.credits()).toBe(1);
  });

  test('a run that never ended is taken over after its lease, and no longer says how far it came', async () => {
    let go = (): void => {};
    const gate = new Promise<void>((done) => (go = done));
    let begun = false;
    async function* hanging(): AsyncGenerator<WebhookEvent> {
      begun = true;
      await gate;
      yield event('a');
    }
    const options = { pool: database.pool, receiver: receiver(), provider: 'stripe', settle: 60_000 };
    const lost = reconcile({ ...options, now: () => at(9_000).getTime(), lease: 1, list: hanging });
    await until(() => begun, 'the run that hangs');
    const next = async (): Promise<Reconciliation> =>
      reconcile({ ...options, now: () => now, list: () => listing(event('a')) });
    let taken = await next();
    while (!taken.ran) taken = await next();
    expect(taken).toMatchObject({ recovered: 1, comparedTo: at(2_940) });
    go();
    expect(await lost).toMatchObject({ ran: true, known: 1 });
    const { rows } = await database.pool.query('SELECT compared_to, leased_until FROM webhook_reconciliation');
    expect(rows).toEqual([{ compared_to: at(2_940), leased_until: null }]);
  });
});
