import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAudit, verifyChain, type AuditEvent, type AuditSink } from '@launchgate/runtime/audit';
import { auditDdl, exportAudit, postgresAudit } from '@launchgate/runtime/audit';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sha256 } from '../../src/model/digest.ts';
import { startPostgres, type PostgresServer } from '../servers/postgres.ts';
import { gated } from './gated.ts';
import { expectCode } from './workspace.ts';

let server: PostgresServer;
let pool: pg.Pool;
let sink: AuditSink;

beforeAll(async () => {
  server = await startPostgres();
  pool = new pg.Pool({ connectionString: server.url, max: 1 });
  pool.on('error', () => undefined);
  await pool.query(auditDdl({ writers: [], readers: [] }));
  sink = postgresAudit(pool);
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

it('a trail that was exported becomes evidence, bound to its very bytes', async () => {
  const audit = createAudit({ sink });
  let last: AuditEvent | undefined;
  for (const id of ['i-1', 'i-2', 'i-3'])
    last = await audit.record({
      actor: { id: 'ana' },
      action: 'instance.delete',
      target: { kind: 'instance', id },
      outcome: 'success',
      correlationId: `req-${id}`,
    });
  let text = '';
  for await (const line of exportAudit(pool)) text += line;
  expect(await verifyChain(text.trimEnd().split('\n'))).toEqual({
    state: 'sound',
    count: 3,
    head: { seq: 3, hash: last?.hash },
  });

  const world = await gated();
  const file = join(world.base, 'audit.jsonl');
  writeFileSync(file, text);
  const { out } = expectCode(
    await world.launchgate(`evidence add ${file} -c audit-trail -e production --title trail`),
    0,
  );
  const shown = JSON.parse((await world.launchgate(`evidence show ${out.trim().slice(7, 23)}`)).out) as {
    statement: unknown;
  };
  expect(shown.statement).toMatchObject({
    subject: [{ digest: { sha256: sha256(Buffer.from(text)).slice(7) } }],
    predicateType: expect.stringContaining('attachment') as string,
    predicate: { control: 'audit-trail', environment: 'production', title: 'trail' },
  });
}, 120_000);
