import { describe, expect, test } from 'vitest';
import { breakDependencies, type Wishes } from '../../src/controls/chaos/dependencies.ts';
import { killProcesses } from '../../src/controls/chaos/kills.ts';
import { params } from '../../src/controls/chaos/params.ts';
import type { Subject } from '../../src/controls/chaos/traffic.ts';
import { asSuperuser, DATABASE } from '../../src/drills/lab/parts/postgres.ts';
import { rehearse } from '../../src/drills/run/rehearse.ts';
import { labTarget } from '../../src/drills/targets/lab/index.ts';
import type { Rehearsal as Planned } from '../../src/model/drill/drill.ts';
import type { RunRecord } from '../../src/model/drill/record.ts';
import { withEnvironment, type Platform } from '../lab/platform/platform.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 400_000;
const WISHES: Wishes = { seconds: 1.5, perSecond: 10, writes: 4 };

export function suite(lab: () => DrillLab): void {
  describe('on the platform as it is, what is promised holds', () => {
    test('with dependencies that are slow, gone and lossy', { timeout: LONG }, async () => {
      const report = await lab().run('chaos', { only: /slow, gone and lossy/ });
      expect([report.outcome, report.because]).toEqual(['pass', '']);
      expect(report.observation('requests to api that were refused without postgres').value).toBeGreaterThan(0);
      expect(report.observation('time until billing-worker says that it lacks nats').value).toBeGreaterThan(0);
      expect(report.observation('requests to api that failed without cache and nats').value).toBe(0);
      const verdicts = new Map(report.verdicts.map(({ subject, ...verdict }) => [subject, verdict]));
      expect(verdicts.get('service/api')).toMatchObject({ outcome: 'pass' });
      expect(verdicts.get('service/provisioner')).toMatchObject({
        outcome: 'inconclusive',
        because: 'the target runs no replica of provisioner',
      });
    });

    test('with processes that are killed', { timeout: LONG }, async () => {
      const report = await lab().run('chaos', { only: /killed/ });
      expect([report.outcome, report.because]).toEqual(['pass', '']);
      expect(report.runs.flatMap(({ faults }) => faults.map(({ undo }) => undo))).toContain('start postgres');
    });
  });

  test('a relay whose readiness is switched off never says what it lacks', { timeout: LONG }, async () => {
    const { platform } = lab();
    const broken = withEnvironment(platform, { 'notification-relay': { PARTS_OFF: 'readiness' } });
    const relay = subject('notification-relay', { critical: ['postgres', 'realtime'], others: [] });
    const record = await run(
      lab(),
      broken,
      breakDependencies([relay], platform.open.plan.spec, WISHES),
      /proxy|cut realtime/,
    );
    expect(record.outcome).toBe('fail');
    expect(record.because).toContain('time until notification-relay says that it lacks realtime');
    expect(record.because).toContain('notification-relay-1 said nothing at /readyz');
  });

  describe('a service that cannot do without what is not critical to it', () => {
    const api = subject('api', { critical: ['realtime'], others: ['postgres', 'cache', 'nats'] });

    test('fails when that is gone', { timeout: LONG }, async () => {
      const { platform } = lab();
      const planned = breakDependencies([api], platform.open.plan.spec, WISHES);
      const record = await run(lab(), platform, planned, /proxy|cut postgres and/);
      expect(record.outcome).toBe('fail');
      expect(record.because).toMatch(/requests to api that failed without postgres and cache and nats .*503 x \d+/);
    });

    test('fails when that is killed', { timeout: LONG }, async () => {
      const { platform } = lab();
      const planned = killProcesses([api], platform.open.plan.spec, WISHES);
      const record = await run(lab(), platform, planned, /customers|kill postgres/);
      expect(record.outcome).toBe('fail');
      expect(record.because).toContain('requests to api that failed while postgres was killed and came back');
    });
  });

  test('a write that is acknowledged and then forgotten is counted', { timeout: LONG }, async () => {
    const { platform } = lab();
    const api = subject('api', { critical: ['postgres', 'realtime'], others: ['nats'] });
    const planned = breakDependencies([api], platform.open.plan.spec, WISHES);
    const forgetting = forget(platform);
    try {
      const record = await run(lab(), platform, planned, /proxy|cut nats/);
      expect(record.outcome).toBe('fail');
      expect(record.because).toMatch(
        /acknowledged reports of use that are lost after without nats \(api\) of service\/api is [1-9]/,
      );
    } finally {
      await forgetting.stop();
    }
  });
}

/** A service as the drill is asked about it. */
function subject(
  name: string,
  { critical, others }: { critical: readonly string[]; others: readonly string[] },
): Subject {
  const named = (stores: readonly string[]) => stores.map((store) => `store/${store}`);
  return {
    id: `service/${name}`,
    name,
    input: {
      stores: named([...critical, ...others]),
      critical: named(critical),
      flowsKnown: true,
      availability: 99.9,
      experiments: [],
    },
    params: params.parse({ recoversWithin: '20s' }),
  };
}

/** Of the method only the steps that are named so. */
function run({ runs }: DrillLab, { open }: Platform, { method, ...rest }: Planned, steps: RegExp): Promise<RunRecord> {
  const rehearsal = { ...rest, method: method.filter(({ name }) => steps.test(name)) };
  return rehearse(
    { control: 'chaos', summary: 'broken on purpose', blastRadius: 'the lab', parameters: {}, rehearsal },
    { target: labTarget(open), drills: runs, signal: new AbortController().signal },
  );
}

/** Takes out of the outbox what was not published yet, again and again. */
function forget({ open }: Platform): { stop(): Promise<void> } {
  const over = new AbortController();
  const forgetting = (async () => {
    while (!over.signal.aborted) {
      await asSuperuser(open.lab, DATABASE, (client) =>
        client.query('DELETE FROM event_outbox WHERE published_at IS NULL'),
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    async stop() {
      over.abort();
      await forgetting;
    },
  };
}
