import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, test } from 'vitest';
import { CacheUnavailable } from '@launchgate/runtime/cache';
import { startPostgres } from '../../../../test/servers/postgres.ts';
import { asProblem } from './problem.ts';

test('a database connection that is lost, under a query or between two, is a refusal and no fault of ours', async () => {
  const server = await startPostgres();
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const pidOf = async (client: pg.Client) =>
    (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;
  try {
    const [busy, idle] = [await open(), await open()];
    const pids = [await pidOf(busy), await pidOf(idle)];
    const under = busy.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await sleep(200);
    const between = idle.query('SELECT 1').catch((error: unknown) => error);
    for (const error of [await under, await between]) {
      expect(error).toBeInstanceOf(Error);
      expect(asProblem(error)).toMatchObject({ status: 503, options: { headers: { 'retry-after': '2' } } });
    }
  } finally {
    await server.stop();
  }
});

test.each([
  ['a primary that has become a standby', '25006'],
  ['a transaction undone for the sake of another', '40P01'],
])('%s is none either', (_, code) =>
  expect(asProblem(Object.assign(new Error('no'), { code }))).toMatchObject({ status: 503 }),
);

test('an empty cache answers for its source', () => {
  const lost = new CacheUnavailable('summary', new Error('Query read timeout'));
  expect(asProblem(lost)).toMatchObject({ status: 503, options: { headers: { 'retry-after': '2' } } });
  expect(asProblem(new CacheUnavailable('summary', new TypeError('x is undefined'))).status).toBe(500);
});

test('anything that nobody expected is a fault of ours', () => {
  expect(asProblem(new TypeError('Cannot read properties of undefined')).status).toBe(500);
});
