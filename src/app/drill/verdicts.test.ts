import { describe, expect, test } from 'vitest';
import type { ObservationRecord, RunRecord } from '../../model/drill/record.ts';
import { passingRun, sampleRun } from '../../report/testing/drill.ts';
import { verdictsOf } from './verdicts.ts';

const observed = (subject: string, met: boolean): ObservationRecord => ({
  name: 'rto',
  value: met ? 1 : 9,
  unit: 's',
  target: 2,
  atMost: 2,
  met,
  atMs: 10,
  step: 'restore',
  subject,
});
const { because: _because, ...passing } = passingRun;
const of = (changes: Partial<RunRecord>): RunRecord => ({ ...passing, ...changes });

describe('verdictsOf', () => {
  test('a pass needs an observation of the subject', () => {
    const run = of({ subjects: ['store/a', 'store/b'], observations: [observed('store/a', true)] });
    expect(verdictsOf(['store/a', 'store/b'], [run], []).map(({ outcome }) => outcome)).toEqual([
      'pass',
      'inconclusive',
    ]);
  });

  test('is no pass where a rehearsal that names the subject was planned and never run', () => {
    const run = of({ name: 'life', subjects: ['store/a'], observations: [observed('store/a', true)] });
    const planned = [run, { name: 'authority', subjects: ['store/a'] }];
    expect(verdictsOf(['store/a'], [run], [], planned)[0]).toMatchObject({
      outcome: 'inconclusive',
      because: '"authority" was not rehearsed',
    });
    expect(verdictsOf(['store/a'], [run], [], [run])[0]?.outcome).toBe('pass');
    expect(verdictsOf(['store/a'], [run], [], [run, { name: 'of another', subjects: ['store/b'] }])[0]?.outcome).toBe(
      'pass',
    );
  });

  test('a subject that the target shows nothing of is told by the reason', () => {
    const run = of({
      subjects: ['store/a'],
      observations: [],
      left: [{ subject: 'store/a', because: 'nobody holds it' }],
    });
    expect(verdictsOf(['store/a'], [run], [])).toMatchObject([{ outcome: 'inconclusive', because: 'nobody holds it' }]);
    const seen = of({ ...run, observations: [observed('store/a', true)] });
    expect(verdictsOf(['store/a'], [seen], [])[0]?.outcome).toBe('pass');
    const { subject: _subject, ...ofAll } = observed('store/b', true);
    const others = of({ ...run, observations: [ofAll] });
    expect(verdictsOf(['store/a'], [others], [])[0]).toMatchObject({
      outcome: 'inconclusive',
      because: 'nobody holds it',
    });
  });

  test('a measurement that one subject missed does not fail the other', () => {
    const run = of({
      subjects: ['store/a', 'store/b'],
      outcome: 'fail',
      because: 'rto was 9 s',
      observations: [observed('store/a', false), observed('store/b', true)],
    });
    const verdicts = verdictsOf(['store/a', 'store/b'], [run], []);
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['fail', 'pass']);
    expect(verdicts[0]?.because).toBe('rto was 9 s, at most 2 s wanted');
  });

  test('a miss that was measured stays one where another subject has no data, which makes nobody pass', () => {
    const run = of({
      subjects: ['store/a', 'store/b', 'store/c'],
      outcome: 'fail',
      because: 'rto was 9 s',
      observations: [
        observed('store/a', false),
        { ...observed('store/b', false), name: 'rpo', value: Number.NaN },
        observed('store/c', true),
      ],
    });
    expect(
      verdictsOf(['store/a', 'store/b', 'store/c'], [run], []).map(({ outcome, because }) => [outcome, because]),
    ).toEqual([
      ['fail', 'rto was 9 s, at most 2 s wanted'],
      ['inconclusive', 'there is no data for rpo'],
      ['inconclusive', 'there is no data for rpo'],
    ]);
  });

  test.each([
    ['its undo failed', { faults: [{ kind: 'thaw', undo: 'thaw a', atMs: 1, error: 'gone' }] }],
    ['its undo never came', { faults: [{ kind: 'thaw', undo: 'thaw a', atMs: 1 }] }],
    ['a step was left', { steps: [{ name: 'x', kind: 'act' as const, outcome: 'left-out' as const }] }],
    ['it was halted', { halted: { name: 'errors at the edge', atMs: 9, because: '51' } }],
    [
      'nobody saw the steady state that must hold',
      { hypothesis: sampleRun.hypothesis.map((probe) => ({ ...probe, during: 'hold' as const, samples: [] })) },
    ],
    [
      'the steady state did not come back',
      { hypothesis: sampleRun.hypothesis.map((probe) => ({ ...probe, after: { atMs: 9, value: 0, met: false } })) },
    ],
  ])('a run fails all of its subjects when %s', (_why, changes) => {
    const run = of({
      subjects: ['store/a', 'store/b'],
      outcome: 'fail',
      because: 'broken',
      observations: [observed('store/a', false), observed('store/b', true)],
      ...changes,
    });
    expect(verdictsOf(['store/b'], [run], [])[0]).toMatchObject({ outcome: 'fail', because: 'broken' });
  });

  test('an inconclusive run is never a pass, whatever was measured', () => {
    const run = of({ outcome: 'inconclusive', because: 'the load generator was the bottleneck' });
    expect(verdictsOf(['store/orders'], [run], [])[0]?.outcome).toBe('inconclusive');
  });

  test('the worst of several runs decides, a failure before what could not be told', () => {
    const runs = [of({}), of({ id: 'b', outcome: 'inconclusive', because: 'no data' }), sampleRun];
    expect(verdictsOf(['store/orders'], runs, [])[0]).toMatchObject({ outcome: 'fail' });
  });

  test('what the plan left and what nobody spoke of are inconclusive, each with its reason', () => {
    const left = [{ subject: 'store/search', because: 'the lab has no server for it' }];
    expect(
      verdictsOf(['store/search', 'store/other'], [], left).map(({ outcome, because }) => [outcome, because]),
    ).toEqual([
      ['inconclusive', 'the lab has no server for it'],
      ['inconclusive', 'the drill did not speak of it'],
    ]);
  });
});
