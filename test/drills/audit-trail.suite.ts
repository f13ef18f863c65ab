/** What an administrator does is in the trail, and an incident is rebuilt from its id; a gap is noticed. */
import { expect, test } from 'vitest';
import { asSuperuser, DATABASE } from '../../src/drills/lab/parts/postgres.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 180_000;

export function suite(lab: () => DrillLab): void {
  test('an incident is rebuilt from its id', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('audit-trail');
    expect(because).toBe('');
    expect(outcome).toBe('pass');
    expect(observation('events under the id').detail).toContain('denylist.revoke');
    expect(observation('logs that tell of the same id').value).toBeGreaterThanOrEqual(2);
    expect(observation('customers who may do the same')).toMatchObject({ value: 0, detail: 'status 403' });
    expect(observation("deeds under the id of the customer's attempt").value).toBe(0);
  });

  test('an API that records nothing', { timeout: LONG }, async () => {
    const { platform } = lab();
    const replicas = platform.open.lab.replicas('api');
    for (const part of replicas) await platform.restart(part, ['audit']);
    try {
      const { outcome, because } = await lab().run('audit-trail');
      expect(outcome).toBe('fail');
      expect(because).toContain('the trail knows nothing of request');
    } finally {
      for (const part of replicas) await platform.restart(part);
    }
  });

  test('an event that somebody took out', { timeout: LONG }, async () => {
    const open = lab().platform.open.lab;
    // A superuser can; that it cannot be done unnoticed is the point of the chain.
    const unguarded = (work: string) =>
      asSuperuser(open, DATABASE, async (client) => {
        await client.query('BEGIN');
        await client.query('ALTER TABLE audit_events DISABLE TRIGGER USER');
        await client.query(work);
        await client.query('ALTER TABLE audit_events ENABLE TRIGGER USER');
        await client.query('COMMIT');
      });
    await lab().run('audit-trail');
    await unguarded(`CREATE TABLE IF NOT EXISTS audit_events_kept AS TABLE audit_events WITH NO DATA;
      INSERT INTO audit_events_kept SELECT * FROM audit_events WHERE seq = 1; DELETE FROM audit_events WHERE seq = 1`);
    try {
      const { outcome, because } = await lab().run('audit-trail');
      expect(outcome).toBe('fail');
      expect(because).toContain('event 2 stands where 1 is due');
    } finally {
      await unguarded('INSERT INTO audit_events SELECT * FROM audit_events_kept; DROP TABLE audit_events_kept');
    }
  });
}
