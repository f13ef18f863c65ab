import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAudit, verifyChain, type AuditEvent, type AuditSink } from '@launchgate/runtime/audit';
import { auditDdl, exportAudit, linesAudit, postgresAudit } from '@launchgate/runtime/audit';
import { createLogger, createRedactor } from '@launchgate/runtime/logging';
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

  await becomesEvidence(text);
}, 120_000);

it('a trail that was kept in a log becomes evidence as well', async () => {
  const log: string[] = [];
  const logger = createLogger({ service: 'terminal-gateway', destination: { write: (line) => void log.push(line) } });
  const audit = createAudit({
    sink: linesAudit((event) => logger.warn({ audit: event }, 'audit'), createRedactor()),
    allow: ['pod', 'run'],
  });
  for (const id of ['s-1', 's-2'])
    await audit.record({
      actor: { id: 'spiffe://gpucloud.internal/ns/platform/sa/api', kind: 'service', address: '10.0.0.1' },
      action: 'terminal.kill',
      target: { kind: 'terminal', id },
      outcome: 'success',
      correlationId: '0af7651916cd43dd8448eb211c80319c',
      reason: 'abuse',
      fields: { pod: 'terminal-gateway-1', run: '7e0d2a52-4f1c-4a5e-9a53-5d9b0b9b7a11' },
    });
  logger.info('something else');
  const text = log
    .map((line) => JSON.parse(line) as { audit?: AuditEvent })
    .flatMap((line) => (line.audit === undefined ? [] : [`${JSON.stringify(line.audit)}\n`]))
    .join('');
  expect(await verifyChain(text.trimEnd().split('\n'))).toMatchObject({ state: 'sound', count: 2 });
  await becomesEvidence(text);
}, 120_000);

async function becomesEvidence(text: string): Promise<void> {
  const world = await gated();
  const file = join(world.base, 'audit.jsonl');
  writeFileSync(file, text);
  const { out, err } = expectCode(
    await world.launchgate(`evidence add ${file} -c audit-trail -e production --title trail`),
    0,
  );
  expect(err).toContain('no gate judges by it: audit-trail is proven by its check and drill');
  const shown = JSON.parse((await world.launchgate(`evidence show ${out.trim().slice(7, 23)}`)).out) as {
    statement: unknown;
  };
  expect(shown.statement).toMatchObject({
    subject: [{ digest: { sha256: sha256(Buffer.from(text)).slice(7) } }],
    predicateType: expect.stringContaining('attachment') as string,
    predicate: { control: 'audit-trail', environment: 'production', title: 'trail' },
  });
}
