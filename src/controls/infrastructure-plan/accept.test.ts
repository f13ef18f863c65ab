import { describe, expect, test } from 'vitest';
import type { AcceptableEvidence } from '../../model/control.ts';
import { PREDICATE } from '../../model/evidence.ts';
import { accept } from './accept.ts';

const now = new Date('2026-11-28T06:00:00Z');
const params = { freshWithin: '24h', maxChanges: 0, drift: true };
const clean = {
  plan: '1.2',
  terraform: '1.12.2',
  resources: 259,
  create: 0,
  update: 0,
  replace: 0,
  delete: 0,
  drift: 0,
  outputs: 0,
  failedChecks: 0,
  errored: false,
  complete: true,
  madeAt: '2026-11-28T05:00:00Z',
};

function plan(facts: object, at = '2026-11-28T05:30:00Z'): AcceptableEvidence {
  return {
    digest: 'sha256:0',
    predicateType: PREDICATE.attachment,
    predicate: { facts },
    subjects: [],
    at: new Date(at),
  };
}

describe('accept', () => {
  test('a fresh, clean, whole plan passes with its numbers', () => {
    expect(accept([plan(clean)], params, now)).toMatchObject({
      outcome: 'pass',
      witness: { summary: 'a plan of 259 resources, 1h old: nothing to change, no drift' },
    });
  });

  test.each([
    ['changes', { create: 2, delete: 1 }, 'the plan is not clean: 2 to create, 1 to delete'],
    ['drift', { drift: 3 }, '3 resources were changed outside of Terraform'],
    ['an error', { errored: true }, 'the plan ended with an error'],
    ['a target', { complete: false }, 'the plan covers a part only'],
    ['a failed check', { failedChecks: 1 }, '1 checks of the configuration fail'],
  ])('%s fail', (_, change, message) => {
    expect(accept([plan({ ...clean, ...change })], params, now)).toMatchObject({
      outcome: 'fail',
      findings: [{ message: expect.stringContaining(message) }],
    });
  });

  test.each([
    ['nothing', []],
    ['an empty plan', [plan({ ...clean, resources: 0 })]],
    ['an old plan offered anew', [plan({ ...clean, madeAt: '2026-11-01T05:00:00Z' })]],
    ['an attachment that is no plan', [plan({ pages: 3 })]],
    ['a predicate without facts', [{ ...plan({}), predicate: {} }]],
  ])('%s is inconclusive', (_, evidence) => {
    expect(accept(evidence, params, now).outcome).toBe('inconclusive');
  });

  test('the newest counts', () => {
    const older = plan({ ...clean, drift: 9 }, '2026-11-28T01:00:00Z');
    expect(accept([older, plan(clean)], params, now).outcome).toBe('pass');
    expect(accept([plan(clean), plan({ ...clean, drift: 1 }, '2026-11-28T05:45:00Z')], params, now).outcome).toBe(
      'fail',
    );
  });
});
