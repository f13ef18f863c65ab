import { Cron } from 'croner';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { seconds } from '../model/duration.ts';
import { specSchema } from '../model/spec.ts';
import { cronOf, drillJobs } from './drill-jobs.ts';

const spec = specSchema.parse({
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [{ name: 'staging', kind: 'staging' }],
  drills: [
    { drill: 'restore', every: '30d', owner: 'ana' },
    { drill: 'tabletop', every: '90d', owner: 'ana' },
    { drill: 'capacity-baseline', every: '1d', owner: 'ana' },
  ],
});
const options = {
  environment: 'pre-prod',
  image: `registry.example/drills@sha256:${'ab'.repeat(32)}`,
  namespace: 'ops',
};
const made = drillJobs(spec, ['restore', 'capacity-baseline', 'chaos'], options);
const objects = parseAllDocuments(made).map((document) => document.toJS() as Record<string, unknown>);
const named = (kind: string): string[] =>
  objects.filter((one) => one['kind'] === kind).map((one) => (one['metadata'] as { name: string }).name);

test('a CronJob for each drill of the calendar that is a drill, and one suspended Job for all', () => {
  expect(named('CronJob')).toEqual(['drill-restore', 'drill-capacity-baseline']);
  expect(named('Job')).toEqual(['drill-all']);
  expect(made).not.toContain('tabletop');
  expect(made).toContain('suspend: true');
});

test('no secret is on a command line, and the image is the one by digest', () => {
  expect(made).toContain('LAUNCHGATE_TARGET_PRE_PROD');
  expect(made.match(/image: registry.example\/drills@sha256:/g)).toHaveLength(3);
});

test('every Job is told which policy to believe, and has longer to take back than one undo may take', () => {
  expect(
    made.match(/name: LAUNCHGATE_POLICY_ROOT\n\s+valueFrom:\n\s+configMapKeyRef:\n\s+name: launchgate-drills-pin/g),
  ).toHaveLength(3);
  expect(made.match(/name: LAUNCHGATE_LOG_KEYS/g)).toHaveLength(3);
  expect(made.match(/terminationGracePeriodSeconds: 240/g)).toHaveLength(3);
});

test('what this machine pins is written beside them', () => {
  expect(named('ConfigMap')).toEqual([]);
  const pin = { policyRoot: `sha256:${'cd'.repeat(32)}`, logKeys: ['log+1+AAAA', 'log+2+BBBB'] };
  const [map] = parseAllDocuments(drillJobs(spec, ['restore'], { ...options, pin }))
    .map((document) => document.toJS() as { kind: string; data?: unknown })
    .filter(({ kind }) => kind === 'ConfigMap');
  expect(map?.data).toEqual({ policyRoot: pin.policyRoot, logKeys: 'log+1+AAAA\nlog+2+BBBB' });
});

test('the same twice', () => {
  expect(drillJobs(spec, ['restore', 'capacity-baseline', 'chaos'], options)).toBe(made);
});

test.each(['6h', '1d', '3d', '7d', '14d', '30d', '31d', '90d', '92d', '365d'])('every %s is often enough', (every) => {
  const cron = new Cron(cronOf('restore', every), { timezone: 'Etc/UTC', paused: true });
  const runs = cron.nextRuns(30, new Date('2026-01-01T00:00:00Z'));
  const gaps = runs.slice(1).map((run, index) => (run.getTime() - runs[index]!.getTime()) / 1000);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(seconds(every));
});
