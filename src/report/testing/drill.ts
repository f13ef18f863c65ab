import type { DrillReport } from '../../model/drill/report.ts';
import type { ProbeAnswer, RunRecord } from '../../model/drill/record.ts';
import type { DrillContext } from '../drill/context.ts';

const answers = (from: number, values: readonly (number | string)[]): ProbeAnswer[] =>
  values.map((value, index) => {
    const atMs = from + index * 250;
    return typeof value === 'string' ? { atMs, error: value, met: false } : { atMs, value, met: value >= 1 };
  });

/** The loss of a primary: found, promoted, written to again. One measurement missed. */
export const sampleRun: RunRecord = {
  id: 'run-20261128-101500-3f9a',
  control: 'data-failover',
  name: 'the loss of the primary of orders',
  subjects: ['store/orders'],
  summary: 'Kills the primary under load and waits until the replica takes writes.',
  blastRadius: 'Writes to orders fail until the replica is promoted, about a second.',
  parameters: { perSecond: 50 },
  target: { environment: 'lab', identity: 'lab:5d0c2f6e9a' },
  startedAt: '2026-11-28T10:15:00.000Z',
  finishedAt: '2026-11-28T10:15:09.400Z',
  durationMs: 9400,
  outcome: 'fail',
  because: 'time to the first acknowledged write was 3.1 s, at most 2 s wanted',
  hypothesis: [
    {
      name: 'orders takes a write',
      unit: '',
      tolerance: { atLeast: 1 },
      during: 'watch',
      before: { atMs: 40, value: 1, met: true },
      samples: answers(1000, [1, 1, 1, 'connection refused', 'connection refused', 0, 1, 1, 1]),
      after: { atMs: 9200, value: 1, met: true },
    },
    {
      name: 'replication lag',
      unit: 's',
      tolerance: { atMost: 5 },
      before: { atMs: 60, value: 0.02, met: true },
      samples: [],
      after: { atMs: 9300, value: 0.4, met: true },
    },
  ],
  steps: [
    { name: 'write markers', kind: 'act', startedMs: 900, endedMs: 1400, outcome: 'done' },
    { name: 'kill the primary', kind: 'fault', startedMs: 1400, endedMs: 1450, outcome: 'done' },
    { name: 'wait for a write', kind: 'measure', startedMs: 1450, endedMs: 4550, outcome: 'done' },
    { name: 'count the markers', kind: 'measure', startedMs: 4550, endedMs: 4800, outcome: 'done' },
  ],
  faults: [{ kind: 'start-part', undo: 'start postgres', atMs: 1405, undoneMs: 7100 }],
  marks: [
    { what: 'loss detected', atMs: 2330 },
    { what: 'replica promoted', atMs: 2430 },
    { what: 'first acknowledged write', atMs: 4510 },
  ],
  observations: [
    {
      name: 'time to the first acknowledged write',
      value: 3.1,
      unit: 's',
      target: 2,
      atMost: 2,
      predicted: 1.2,
      met: false,
      atMs: 4510,
      step: 'wait for a write',
      detail: 'the promotion waited for 2 s of lag',
    },
    {
      name: 'acknowledged writes lost',
      value: 0,
      unit: '',
      target: 0,
      is: 0,
      met: true,
      atMs: 4790,
      step: 'count the markers',
    },
    { name: 'writes sent', value: 212, unit: '', met: true, atMs: 4790, step: 'count the markers' },
  ],
  predictions: [
    {
      name: 'time to the first acknowledged write',
      value: 1.2,
      unit: 's',
      because: 'detection 1 s + promotion 0.1 s + connect 0.1 s',
    },
  ],
  raw: [{ name: 'load', file: 'load.json', bytes: 5120, digest: `sha256:${'ab'.repeat(32)}`, atMs: 4800 }],
};

/** The same drill where all went as it should. */
export const passingRun: RunRecord = {
  ...sampleRun,
  id: 'run-20261128-101600-11aa',
  control: 'restore',
  name: 'the restore of orders <from> "backup" & log',
  outcome: 'pass',
  observations: sampleRun.observations.map((one) => (one.met ? one : { ...one, value: 1.4, met: true })),
};

const { because: _because, ...silent } = passingRun;

export const sampleDrillReport: DrillReport = {
  apiVersion: 'launchgate/v1',
  kind: 'DrillReport',
  platform: 'gpu-cloud',
  target: { environment: 'lab', identity: 'lab:5d0c2f6e9a' },
  startedAt: '2026-11-28T10:15:00.000Z',
  finishedAt: '2026-11-28T10:15:31.000Z',
  outcome: 'fail',
  summary: { pass: 1, fail: 1, inconclusive: 1, error: 0 },
  drills: [
    {
      drill: 'data-failover',
      title: 'A store survives the loss of a node',
      outcome: 'fail',
      because: sampleRun.because ?? '',
      runs: [sampleRun],
      verdicts: [
        {
          subject: 'store/orders',
          outcome: 'fail',
          because: sampleRun.because ?? '',
          evidence: `sha256:${'cd'.repeat(32)}`,
        },
        { subject: 'store/search', outcome: 'inconclusive', because: 'the lab has no server for elasticsearch' },
      ],
    },
    {
      drill: 'restore',
      title: 'Backups restore',
      outcome: 'pass',
      runs: [silent],
      verdicts: [{ subject: 'store/orders', outcome: 'pass', evidence: `sha256:${'ef'.repeat(32)}` }],
    },
    {
      drill: 'network-default-deny',
      title: 'Nothing is reachable by default',
      outcome: 'inconclusive',
      because: 'the target does not offer segments: start the lab with --segmented',
      runs: [],
      verdicts: [
        {
          subject: 'environment/lab',
          outcome: 'inconclusive',
          because: 'the target does not offer segments: start the lab with --segmented',
        },
      ],
    },
  ],
};

export const sampleDrillContext: DrillContext = {
  curves: new Map([
    [
      sampleRun.id,
      [
        {
          name: 'load: latency p99',
          unit: 'ms',
          points: [
            [1000, 12],
            [2000, 950],
            [3000, 980],
            [4000, 700],
            [5000, 14],
          ],
        },
        {
          name: 'load: failed',
          unit: '/s',
          points: [
            [1000, 0],
            [2000, 46],
            [3000, 50],
            [4000, 21],
            [5000, 0],
          ],
        },
      ],
    ],
  ]),
};
