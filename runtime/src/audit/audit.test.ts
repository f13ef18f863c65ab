import { Readable } from 'node:stream';
import { fastify } from 'fastify';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../../test/servers/postgres.ts';
import { createAudit, type Audit } from './audit.ts';
import { canonical } from './digest.ts';
import { AUDIT_DDL_DOWN, auditDdl, exportAudit, postgresAudit } from './postgres.ts';
import { auditRoute } from './route.ts';
import type { AuditEvent, AuditInput } from './types.ts';
import { verifyChain } from './verify.ts';

let server: PostgresServer;
let owner: pg.Pool;
let api: pg.Pool;
let audit: Audit;

beforeAll(async () => {
  server = await startPostgres();
  owner = new pg.Pool({ connectionString: server.url });
  api = new pg.Pool({ host: '127.0.0.1', port: server.port, user: 'api', database: 'postgres' });
  for (const pool of [owner, api]) pool.on('error', () => undefined);
  await owner.query('CREATE ROLE api LOGIN; CREATE ROLE auditor LOGIN;');
  audit = createAudit({ sink: postgresAudit(api), allow: ['size'] });
});
afterAll(async () => {
  await Promise.all([owner.end(), api.end()]);
  await server.stop();
});
beforeEach(async () => {
  await owner.query(AUDIT_DDL_DOWN);
  await owner.query(auditDdl({ writers: ['api'], readers: ['auditor'] }));
});

function input(more: Partial<AuditInput> = {}): AuditInput {
  const target = { kind: 'instance', id: 'i-1' };
  return {
    actor: { id: 'ana', kind: 'user' },
    action: 'instance.delete',
    target,
    outcome: 'success',
    correlationId: 'req-1',
    ...more,
  };
}

async function trail(): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  for await (const line of exportAudit(owner)) events.push(JSON.parse(line) as AuditEvent);
  return events;
}

describe('an event', () => {
  it('says who did what to what, when and under which request, and keeps no value that it was not allowed', async () => {
    const secret = { name: 'n', apiKey: 'sk_live_1' };
    await audit.record(
      input({ before: secret, after: { name: 'm' }, fields: { size: 3, password: 'hunter2' }, reason: 'asked for' }),
    );
    const [event] = await trail();
    expect(event).toMatchObject({
      seq: 1,
      action: 'instance.delete',
      actor: { id: 'ana' },
      correlationId: 'req-1',
      fields: { size: 3 },
    });
    expect(event?.beforeDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.stringify(event)).not.toMatch(/hunter2|sk_live/);
  });

  it.each([
    { action: 'Delete It' },
    { outcome: 'ok' as 'success' },
    { correlationId: '' },
    { actor: { id: 'a\u0000b' } },
    { actor: { id: 'a\u001b[31m' } },
    { target: { kind: 'x', id: 'y'.repeat(1025) } },
    { fields: { size: NaN } },
    { fields: { size: { deep: 1 } as unknown as string } },
    { before: 1n },
    { before: new Map([['size', 8]]) },
    { before: { tags: new Set(['a']) } },
    { before: Promise.resolve({ size: 8 }) },
    { reason: '\ud800' },
  ])('is refused with %o', async (fault) => {
    await expect(audit.record(input(fault))).rejects.toThrow(TypeError);
    expect(await trail()).toEqual([]);
  });
});

test.each([
  [{ at: new Date(0), sizes: [1, undefined, 2] }, '{"at":"1970-01-01T00:00:00.000Z","sizes":[1,null,2]}'],
  [Object.assign([1], { 2: 2 }), '[1,null,2]'],
  [new URL('https://shop.example/a'), '"https://shop.example/a"'],
  [Object.assign(Object.create(null) as object, { b: 1, a: {} }), '{"a":{},"b":1}'],
])('the digest of %o is that of what JSON makes of it', (value, expected) => {
  expect(canonical(value)).toBe(expected);
});

describe('the table', () => {
  it('may be made twice, and nobody can change it, not even its owner', async () => {
    await owner.query(auditDdl({ writers: ['api'], readers: ['auditor'] }));
    await audit.record(input());
    for (const statement of [
      'UPDATE audit_events SET actor = 1',
      'DELETE FROM audit_events',
      'TRUNCATE audit_events',
    ]) {
      await expect(api.query(statement)).rejects.toThrow('permission denied');
      await expect(owner.query(statement)).rejects.toThrow('append-only');
    }
  });

  it('keeps an event with the change it is about, or neither', async () => {
    const client = await api.connect();
    await client.query('BEGIN');
    await audit.record(input(), client);
    await client.query('ROLLBACK');
    client.release();
    expect(await trail()).toEqual([]);
  });

  it('is one chain, however many write', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => audit.record(input({ correlationId: `req-${index}` }))));
    const verdict = await verifyChain(exportAudit(owner));
    expect(verdict).toMatchObject({ state: 'sound', count: 40, head: { seq: 40 } });
  });
});

describe('the chain', () => {
  async function five(): Promise<AuditEvent[]> {
    for (let index = 0; index < 5; index += 1) await audit.record(input({ correlationId: `req-${index}` }));
    return trail();
  }

  it('shows a changed, a missing, an inserted, a swapped and a repeated event', async () => {
    const events = await five();
    const spoiled: [string, AuditEvent[], number][] = [
      ['hash', events.map((event) => (event.seq === 3 ? { ...event, actor: { id: 'bo' } } : event)), 3],
      ['is due', events.filter(({ seq }) => seq !== 3), 3],
      ['is due', events.toSpliced(2, 0, { ...(events[2] as AuditEvent) }), 4],
      ['is due', [events[0], events[2], events[1]] as AuditEvent[], 2],
      ['is due', events.slice(1), 1],
    ];
    for (const [words, list, seq] of spoiled)
      expect(await verifyChain(list)).toEqual({
        state: 'broken',
        seq,
        because: expect.stringContaining(words) as string,
      });
  });

  it('shows that it was cut short or written anew only to whoever remembers an end', async () => {
    const events = await five();
    const { seq, hash } = events[4] as AuditEvent;
    expect(await verifyChain(events.slice(0, 3))).toMatchObject({ state: 'sound', count: 3 });
    expect(await verifyChain(events.slice(0, 3), { includes: { seq, hash } })).toMatchObject({
      state: 'broken',
      seq: 4,
    });
    expect(await verifyChain(events, { includes: { seq: 3, hash } })).toMatchObject({ state: 'broken', seq: 3 });
    expect(await verifyChain(events, { includes: { seq, hash } })).toMatchObject({
      state: 'sound',
      head: { seq, hash },
    });
  });

  it('shows a line that says one thing to its reader and another to the parser', async () => {
    await five();
    await audit.record(input({ reason: 'a "quoted": text, \\ and {"more": [1]}', fields: { size: 3 } }));
    const lines: string[] = [];
    for await (const line of exportAudit(owner)) lines.push(line);
    const lied = (line: string) => `{"action":"instance.start","actor":{"id":"bo"},${line.slice(1)}`;
    expect(await verifyChain(lines)).toMatchObject({ state: 'sound', count: 6 });
    expect(await verifyChain(lines.map((line) => JSON.stringify(JSON.parse(line), undefined, 2)))).toMatchObject({
      state: 'sound',
      count: 6,
    });
    expect(await verifyChain(lines.map((line, at) => (at === 2 ? lied(line) : line)))).toMatchObject({
      state: 'broken',
      seq: 3,
    });
    const nested = (line: string) => line.replace('"actor":{', '"actor":{"id":"bo",');
    expect(await verifyChain(lines.map((line, at) => (at === 2 ? nested(line) : line)))).toMatchObject({
      state: 'broken',
      seq: 3,
    });
    expect(await verifyChain([`${'['.repeat(60_000)}`])).toMatchObject({ state: 'broken', seq: 1 });
    expect(await verifyChain(['x'.repeat(70_000)])).toMatchObject({ state: 'broken', seq: 1 });
  });

  it('goes on from where it was verified before', async () => {
    const events = await five();
    const { seq, hash } = events[2] as AuditEvent;
    expect(await verifyChain(exportAudit(owner, { after: 3 }), { from: { seq, hash } })).toMatchObject({
      state: 'sound',
      count: 2,
    });
    expect(await verifyChain(['null', '{'])).toMatchObject({ state: 'broken', seq: 1 });
  });
});

describe('an admin route', () => {
  async function service(recorder: Audit) {
    const app = fastify();
    const hooks = auditRoute(recorder, {
      action: 'instance.delete',
      actor: (request) =>
        request.headers['x-user'] === undefined ? undefined : { id: String(request.headers['x-user']) },
      target: (request) => ({ kind: 'instance', id: (request.params as { id: string }).id }),
    });
    app.delete('/admin/instances/:id', { ...hooks }, async (request, reply) =>
      reply.code(request.headers['x-user'] === undefined ? 401 : 200).send({ gone: true }),
    );
    const answer = (headers: Record<string, string>, id = 'i-9') =>
      app.inject({ method: 'DELETE', url: `/admin/instances/${id}`, headers });
    return { app, answer };
  }

  it('records what was done and what was denied, before it answers', async () => {
    const { app, answer } = await service(audit);
    expect((await answer({ 'x-user': 'ana' })).statusCode).toBe(200);
    expect((await answer({})).statusCode).toBe(401);
    expect(await trail()).toMatchObject([
      { actor: { id: 'ana' }, outcome: 'success', target: { id: 'i-9' } },
      { actor: { id: 'unverified' }, outcome: 'denied' },
    ]);
    await app.close();
  });

  it('records whatever a caller names, as far as the trail has a place for it', async () => {
    const { app, answer } = await service(audit);
    for (const id of ['a%1b%5B31m', '%00', 'x'.repeat(90) + '%F0%9F%98%80'])
      expect((await answer({ 'x-user': 'ana' }, id)).statusCode).toBe(200);
    expect((await trail()).map(({ target }) => target.id)).toEqual(['a\ufffd[31m', '\ufffd', `${'x'.repeat(90)}😀`]);
    await app.close();
  });

  it('records a target that is nameless or longer than the trail keeps', async () => {
    const app = fastify();
    const hooks = auditRoute(audit, {
      action: 'instance.delete',
      actor: () => ({ id: 'ana' }),
      target: (request) => ({ kind: 'instance', id: (request.body as { id: string }).id }),
    });
    app.post('/admin/delete', { ...hooks }, async () => ({ gone: true }));
    for (const id of ['', `${'x'.repeat(1023)}😀`])
      expect((await app.inject({ method: 'POST', url: '/admin/delete', payload: { id } })).statusCode).toBe(200);
    expect((await trail()).map(({ target }) => target.id)).toEqual(['-', `${'x'.repeat(1023)}\ufffd`]);
    await app.close();
  });

  it('that cannot record does not say that all is well', async () => {
    const failing: Audit = { record: () => Promise.reject(new Error('the database is away')) };
    const { app, answer } = await service(failing);
    const { statusCode, body } = await answer({ 'x-user': 'ana' });
    expect(statusCode).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ error: 'not_recorded' });
    await app.close();
  });

  it('that cannot record lets go of the answer it takes back, and so where it cannot tell who it was', async () => {
    const app = fastify();
    const stream = new Readable({ read: () => undefined });
    const hooks = auditRoute(audit, {
      action: 'instance.export',
      actor: () => {
        throw new TypeError('nobody was verified');
      },
      target: () => ({ kind: 'instance', id: 'i-1' }),
    });
    app.get('/admin/export', { ...hooks }, (_request, reply) => reply.send(stream));
    const answer = await app.inject('/admin/export');
    expect(answer.json()).toMatchObject({ error: 'not_recorded' });
    expect([answer.statusCode, stream.destroyed]).toEqual([503, true]);
    await app.close();
  });
});

// Last: the server starts anew when one of its processes is killed.
describe('a connection that is lost', () => {
  it('before the event is kept is told to whoever records, and ends nothing', async () => {
    const locking = await owner.connect();
    await locking.query('BEGIN; SELECT pg_advisory_xact_lock(5021984417730218)');
    const recording = audit.record(input()).catch((error: unknown) => error);
    const waits = `SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND usename = 'api'`;
    let pid: number | undefined;
    while (pid === undefined) pid = (await owner.query(waits)).rows[0]?.pid as number | undefined;
    locking.on('error', () => undefined);
    process.kill(pid, 'SIGKILL');
    expect(await recording).toBeInstanceOf(Error);
    locking.release(true);
  });
});
