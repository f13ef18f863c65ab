import { describe, expect, test } from 'vitest';
import { names, type Target } from './hosts.ts';
import { settingLines } from './mounted.ts';
import { isPoolSetting, isPoolVariable, prefixOf, settingsIn } from './pool-names.ts';

const target: Target = {
  id: 'store/postgres',
  services: [{ namespace: 'data', name: 'postgres' }],
  hosts: ['db.internal.example'],
  relational: true,
};

describe('a host in a setting', () => {
  test.each([
    'postgres.data.svc',
    'postgres.data',
    'postgres-0.postgres.data.svc.cluster.local:5432',
    'postgresql://api:secret@postgres.data.svc:5432/orders?sslmode=require',
    'jdbc:postgresql://postgres.data.svc/orders',
    'host=postgres.data.svc port=5432 dbname=orders',
    'root:pw@tcp(db.internal.example:3306)/usage',
    'a.other.svc:1,postgres.data.svc:5432',
  ])('is found in %s', (text) => {
    expect(names(target, text, 'shop')).toBe(true);
  });

  test.each([
    'postgres',
    'postgres.shop.svc',
    'my-postgres.data.svc',
    'postgres.database.svc',
    'postgres://api@orders:5432/x',
    'xdb.internal.example',
    'db.internal.example-old',
  ])('of another is none: %s', (text) => {
    expect(names(target, text, 'shop')).toBe(false);
  });

  test.each([
    ['postgres', true],
    ['postgres:5432', true],
    ['postgresql://api@postgres:5432/orders', true],
    ['host=postgres dbname=x', true],
    ['postgres://api@elsewhere/orders', false],
  ])('by its short name, in its own namespace: %s', (text, found) => {
    expect(names(target, text, 'data')).toBe(found);
  });
});

test('a host with another port is something else that runs there', () => {
  const database = { ...target, port: 5432 };
  expect(names(database, 'http://postgres.data.svc:9187/metrics', 'shop')).toBe(false);
  expect(names(database, 'postgres.data.svc:9187 postgres.data.svc:5432', 'shop')).toBe(true);
});

describe('names of pools', () => {
  test('belong to the variable that names the host', () => {
    expect(
      ['DATABASE_URL', 'USAGE_DB_HOST', 'REDIS_SENTINELS', 'PGHOST', 'DATABASE_NAME', 'HOSTED'].map(prefixOf),
    ).toEqual(['DATABASE', 'USAGE_DB', 'REDIS', 'PG', undefined, undefined]);
    const other = (prefix: string): boolean => prefix !== 'DATABASE';
    expect(isPoolVariable('DATABASE_MAX_CONNS', 'DATABASE', () => false)).toBe(true);
    expect(isPoolVariable('DATABASE_MAX_CONNS', 'REDIS', other)).toBe(false);
    expect(isPoolVariable('DB_POOL', 'DATABASE', other)).toBe(true);
    expect(isPoolVariable('SPRING_DATASOURCE_HIKARI_MAXIMUM_POOL_SIZE', 'SPRING_DATASOURCE', () => false)).toBe(true);
    expect(isPoolVariable('WORKER_POOL_SIZE', 'DATABASE', () => true)).toBe(false);
  });

  test('stand in connection strings in each notation', () => {
    expect(settingsIn('schema=public&connection_limit=5')).toEqual([
      ['schema', 'public'],
      ['connection_limit', '5'],
    ]);
    expect(settingsIn('Host=x;Maximum Pool Size=30;')).toContainEqual(['Maximum Pool Size', '30']);
    expect(['connection_limit', 'pool_max_conns', 'Maximum Pool Size', 'maximumPoolSize'].every(isPoolSetting)).toBe(
      true,
    );
    expect(['max_lifetime', 'pool_timeout', 'sslmode'].some(isPoolSetting)).toBe(false);
  });
});

test('lines of configuration files, each in its section', () => {
  const text =
    '[databases]\norders = host=db pool_size=5 ; old\n* = host=db\n[pgbouncer]\n# default_pool_size = 9\nmax_client_conn = 600\nmaxclients 4000\nmax_connections: 2000\n';
  expect(settingLines(text)).toEqual([
    { section: 'databases', name: 'orders', value: 'host=db pool_size=5' },
    { section: 'databases', name: '*', value: 'host=db' },
    { section: 'pgbouncer', name: 'max_client_conn', value: '600' },
    { section: 'pgbouncer', name: 'maxclients', value: '4000' },
    { section: 'pgbouncer', name: 'max_connections', value: '2000' },
  ]);
});
