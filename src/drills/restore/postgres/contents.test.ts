import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../../../test/servers/postgres.ts';
import { readContents } from './contents.ts';

let server: PostgresServer;
let client: pg.Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new pg.Client(server.url);
  await client.connect();
}, 60_000);
afterAll(async () => {
  await client?.end();
  await server?.stop();
});

test('partitions and heirs are counted each by itself, and known as unlogged each by itself', async () => {
  await client.query(`
    CREATE TABLE visits (day int) PARTITION BY RANGE (day);
    CREATE TABLE visits_old PARTITION OF visits FOR VALUES FROM (0) TO (10);
    CREATE UNLOGGED TABLE visits_new PARTITION OF visits FOR VALUES FROM (10) TO (20);
    INSERT INTO visits VALUES (1), (2), (11);
    CREATE TABLE pages (number int);
    CREATE UNLOGGED TABLE drafts () INHERITS (pages);
    INSERT INTO pages VALUES (1);
    INSERT INTO drafts VALUES (1), (2)`);
  const contents = await readContents(client);
  const told = Object.entries(contents).map(([name, { rows, ...is }]) => [
    name,
    rows,
    Object.keys(is).filter((key) => key !== 'digest'),
  ]);
  expect(told).toEqual([
    ['public.drafts', 2, ['unlogged']],
    ['public.pages', 1, []],
    ['public.visits', 0, []],
    ['public.visits_new', 1, ['unlogged', 'partition']],
    ['public.visits_old', 2, ['partition']],
  ]);
});
