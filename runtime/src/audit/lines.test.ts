import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger, createRedactor } from '../logging/index.ts';
import { createAudit } from './audit.ts';
import { linesAudit } from './lines.ts';
import type { AuditEvent } from './types.ts';
import { verifyChain } from './verify.ts';

test.each([
  'Server=x;Password={hunter2};',
  `they asked for ?password=%22%2C%22hunter2%22&x=1 twice`,
  'AUTH default hunter2 y, user: z',
])('an event that reads otherwise once its secret is gone has its hash all the same: %s', async (reason) => {
  const lines: string[] = [];
  const log = createLogger({ service: 'gateway', destination: { write: (line) => void lines.push(line) } });
  const audit = createAudit({ sink: linesAudit((event) => log.warn({ audit: event }, 'audit'), createRedactor()) });
  const target = { kind: 'terminal', id: 's-1' };
  await audit.record({
    actor: { id: 'ana' },
    action: 'terminal.kill',
    target,
    outcome: 'success',
    correlationId: 'r-1',
    reason,
  });
  const trail = lines.map((line) => (JSON.parse(line) as { audit: AuditEvent }).audit);
  expect(await verifyChain(trail)).toMatchObject({ state: 'sound', count: 1 });
  expect(lines.join('')).not.toContain('hunter2');
});

test('a trail in a log that redacts is sound, whatever is said in it and whatever its ids look like', async () => {
  const lines: string[] = [];
  const destination = new Writable({ write: (line, _encoding, done) => (lines.push(String(line)), done()) });
  const log = createLogger({ service: 'gateway', destination });
  const audit = createAudit({
    sink: linesAudit((event) => log.warn({ audit: event }, 'audit'), createRedactor()),
    allow: ['run'],
  });
  for (let count = 0; count < 2000; count += 1)
    await audit.record({
      actor: { id: 'ana', address: '10.0.0.7' },
      action: 'terminal.kill',
      target: { kind: 'terminal', id: 's-1' },
      outcome: 'success',
      correlationId: crypto.randomUUID(),
      reason: 'they typed password=hunter2 and card 4111 1111 1111 1111 into it',
      fields: { run: crypto.randomUUID() },
    });
  const trail = lines.map((line) => (JSON.parse(line) as { audit: AuditEvent }).audit);
  expect(await verifyChain(trail)).toMatchObject({ state: 'sound', count: 2000 });
  expect(lines.join('')).not.toMatch(/hunter2|4111 1111/);
});
