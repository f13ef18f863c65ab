import { describe, expect, test } from 'vitest';
import type { ObservationRecord, ProbeRecord } from '../../model/drill/record.ts';
import { verdict, type Judged } from './verdict.ts';

const answer = (met: boolean) => ({ atMs: 1, value: met ? 1 : 0, met });
const HELD: ProbeRecord = {
  name: 'ready',
  unit: 'parts',
  tolerance: { atLeast: 1 },
  during: 'hold',
  before: answer(true),
  samples: [answer(true)],
  after: answer(true),
};
const STEP = { name: 'measure', kind: 'measure' as const, outcome: 'done' as const };

function observed(name: string, value: number): ObservationRecord {
  return { name, value, unit: 's', atMost: 5, met: Number.isFinite(value) && value <= 5, atMs: 1, step: STEP.name };
}

const judged = (changes: Partial<Judged>): Judged => ({
  hypothesis: [HELD],
  steps: [STEP],
  faults: [],
  observations: [observed('rto', 3)],
  ...changes,
});

describe('verdict', () => {
  test('passes where all of it was measured and held', () => {
    expect(verdict(judged({}))).toEqual({ outcome: 'pass' });
  });

  test('a measurement that missed is a failure, whatever else there is no data for', () => {
    const missed = { outcome: 'fail', because: 'rto is 9 s, and should be at most 5' };
    expect(verdict(judged({ observations: [observed('rpo', Number.NaN), observed('rto', 9)] }))).toEqual(missed);
    expect(verdict(judged({ observations: [observed('rpo', Number.NaN), observed('rto', 3)] }))).toEqual({
      outcome: 'inconclusive',
      because: 'there is no data for rpo',
    });
  });

  test('numbers that nothing is held to prove nothing', () => {
    const { atMost: _bound, ...unbounded } = observed('rto', 3);
    const observations = [unbounded];
    expect(verdict(judged({ hypothesis: [], observations }))).toEqual({
      outcome: 'inconclusive',
      because: 'nothing that it measured is held to a bound',
    });
    expect(verdict(judged({ hypothesis: [{ ...HELD, during: 'watch' }], observations })).outcome).toBe('inconclusive');
    expect(verdict(judged({ observations })).outcome).toBe('pass');
  });

  test('what must hold meanwhile and was never answered was not seen to hold', () => {
    expect(verdict(judged({ hypothesis: [{ ...HELD, samples: [] }] }))).toEqual({
      outcome: 'inconclusive',
      because: '"ready" of the steady state was not asked each time',
    });
    expect(verdict(judged({ hypothesis: [{ ...HELD, during: 'watch', samples: [] }] })).outcome).toBe('pass');
  });

  test('what must hold meanwhile and gave no number once has left the steady state', () => {
    const samples = [answer(true), { atMs: 40, error: 'it took longer than its 10 s', met: false }];
    expect(verdict(judged({ hypothesis: [{ ...HELD, samples }] }))).toEqual({
      outcome: 'fail',
      because: 'the steady state was left: ready could not be measured (it took longer than its 10 s), 40 ms in',
    });
  });
});
