import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../../test/servers/postgres.ts';
import {
  createReceiver,
  reconcile,
  WEBHOOK_TABLES,
  WEBHOOK_TABLES_DOWN,
  type Client,
  type Handler,
  type WebhookEvent,
} from './index.ts';

let server: PostgresServer;
let pool: pg.Pool;
beforeAll(async () => {
  server = await startPostgres();
  pool = new pg.Pool({ connectionString: server.url, max: 20 });
  // Connections still say goodbye when the server stops.
  pool.on('error', () => {});
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});
beforeEach(
  async () =>
    void (await pool.query(
      `${WEBHOOK_TABLES} CREATE TABLE credit (event text, amount int); CREATE TABLE plan (object text PRIMARY KEY, name text);`,
    )),
);
afterEach(async () => void (await pool.query(`${WEBHOOK_TABLES_DOWN} DROP TABLE credit, plan;`)));

let fault: ((event: WebhookEvent) => void) | undefined;
afterEach(() => void (fault = undefined));

const credit: Handler = {
  order: 'each',
  async apply(client, event) {
    await client.query('INSERT INTO credit VALUES ($1, $2)', [event.id, 100]);
    fault?.(event);
  },
};
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
  createReceiver({ pool, handlers: { 'invoice.paid': credit, 'plan.changed': plan }, maxAttempts: 3 });

function event(id: string, given: Partial<WebhookEvent> = {}): WebhookEvent {
  return {
    provider: 'stripe',
    id,
    type: 'invoice.paid',
    created: new Date('2026-01-01T00:00:00Z'),
    object: `of-${id}`,
    payload: { id, odd: '\u0000' },
    ...given,
  };
}

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const credits = async (): Promise<number> => Number((await pool.query('SELECT count(*) FROM credit')).rows[0].count);
const planOf = async (object: string): Promise<string> =>
  (await pool.query('SELECT name FROM plan WHERE object = $1', [object])).rows[0]?.name;

describe('an event', () => {
  test('that is replayed is applied once', async () => {
    const { receive } = receiver();
    expect([await receive(event('a')), await receive(event('a')), await receive(event('b'))]).toEqual([
      'applied',
      'duplicate',
      'applied',
    ]);
    expect(await credits()).toBe(2);
  });

  test('that comes twenty times at once is applied once', async () => {
    const { receive } = receiver();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => receive(event('a'))));
    expect(outcomes.toSorted()).toEqual(['applied', ...Array<string>(19).fill('duplicate')]);
    expect(await credits()).toBe(1);
  });

  test('whose first delivery fails is taken by the one that waited', async () => {
    let first = true;
    fault = () => {
      if (!first) return;
      first = false;
      throw new Error('once');
    };
    const outcomes = await Promise.all([receiver().receive(event('a')), receiver().receive(event('a'))]);
    expect(outcomes).toContain('applied');
    expect(await credits()).toBe(1);
    expect(await receiver().receive(event('a'))).toBe('duplicate');
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
    fault = () => {
      throw Object.assign(new Error('card 4242 is no good'), { code: 'E_CARD' });
    };
    const { receive, retry } = receiver();
    expect([
      await receive(event('a')),
      await receive(event('a')),
      await receive(event('a')),
      await receive(event('a')),
    ]).toEqual(['failed', 'failed', 'dead', 'dead']);
    expect(await credits()).toBe(0);
    const { rows } = await pool.query('SELECT attempts, last_error, payload FROM webhook_event');
    expect(rows).toEqual([{ attempts: 3, last_error: 'Error E_CARD', payload: JSON.stringify(event('a').payload) }]);
    expect(await retry('stripe', 'a')).toBe('dead');
    fault = undefined;
    expect([await retry('stripe', 'a'), await retry('stripe', 'a'), await receive(event('a'))]).toEqual([
      'applied',
      'duplicate',
      'duplicate',
    ]);
    expect((await pool.query('SELECT state, payload FROM webhook_event')).rows).toEqual([
      { state: 'applied', payload: null },
    ]);
  });

  test('a handler that swallows a broken statement, or breaks at the commit, has failed', async () => {
    await pool.query(
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
    const { receive } = createReceiver({ pool, handlers: { swallow, late }, maxAttempts: 1 });
    expect(await receive(event('a', { type: 'swallow' }))).toBe('dead');
    expect(await receive(event('b', { type: 'late' }))).toBe('dead');
    await pool.query('DROP TABLE child, parent');
  });
});

describe('reconciliation', () => {
  const now = at(3_000).getTime();
  async function* listing(...events: WebhookEvent[]): AsyncGenerator<WebhookEvent> {
    yield* events;
  }
  const run = (events: AsyncIterable<WebhookEvent>, since: Date[] = []) =>
    reconcile({
      pool,
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
    expect(await credits()).toBe(2);
    const since: Date[] = [];
    expect(await run(listing(...all), since)).toMatchObject({ known: 2, recovered: 0, oldestLostSeconds: 0 });
    expect(since).toEqual([at(2_040)]);
    expect(await receiver().receive(event('lost'))).toBe('duplicate');
  });

  test('does not move on over what failed, nor over a listing that broke', async () => {
    fault = () => {
      throw new Error('no');
    };
    expect(await run(listing(event('a')))).toMatchObject({ failed: 1, comparedTo: undefined });
    async function* broken(): AsyncGenerator<WebhookEvent> {
      yield event('b');
      throw new Error('page 2');
    }
    await expect(run(broken())).rejects.toThrow('page 2');
    fault = undefined;
    expect(await run(listing(event('a'), event('b')))).toMatchObject({ recovered: 2, comparedTo: at(2_940) });
  });

  test('one replica at a time does it', async () => {
    let go = (): void => {};
    const gate = new Promise<void>((done) => (go = done));
    async function* slow(): AsyncGenerator<WebhookEvent> {
      await gate;
      yield event('a');
    }
    const runs = Array.from({ length: 4 }, () => run(slow()).then((result) => (result.ran || go(), result)));
    expect((await Promise.all(runs)).filter(({ ran }) => ran)).toHaveLength(1);
    expect(await credits()).toBe(1);
  });
});
