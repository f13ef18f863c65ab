import { connect as natsConnect } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, test } from 'vitest';
import { makeAuthority } from './certificates.ts';
import { startNats } from './nats.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

test('servers of tests speak TLS with client certificates', async () => {
  const authority = await makeAuthority();
  const files = await authority.issue('server');
  const tls = { ca: readFileSync(files.ca), cert: readFileSync(files.cert), key: readFileSync(files.key) };
  const [redis, postgres, nats] = await Promise.all([
    startRedis({ tls: files }),
    startPostgres({ tls: files }),
    startNats({ tls: files }),
  ]);
  try {
    const client = new Redis(redis.port, '127.0.0.1', { tls });
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
    const sql = new pg.Client({ connectionString: postgres.url, ssl: tls });
    await sql.connect();
    expect((await sql.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).rows).toEqual([{ ssl: true }]);
    await sql.end();
    const bus = await natsConnect({
      servers: nats.url,
      tls: { caFile: files.ca, certFile: files.cert, keyFile: files.key },
    });
    await bus.flush();
    await bus.close();
  } finally {
    await Promise.all([redis.stop(), postgres.stop(), nats.stop()]);
  }
});
