import { expect, it } from 'vitest';
import type { AcceptableEvidence } from '../../model/control.ts';
import { PREDICATE } from '../../model/evidence.ts';
import { accept } from './accept.ts';

const AT = new Date('2030-03-01T00:00:00Z');
const PARAMS = { approvers: [], selfApproval: false, recordedWithin: '90d' };
const FACTS = { run: '4711', environment: 'production', startedBy: 'ada', approvedBy: 'grace' };

function record(facts: Record<string, string>, at = '2030-02-01T00:00:00Z'): AcceptableEvidence {
  return {
    digest: 'sha256:00',
    predicateType: PREDICATE.attachment,
    predicate: { facts },
    subjects: [],
    at: new Date(at),
  };
}

it('takes a run that somebody else approved', () => {
  expect(accept([record(FACTS)], PARAMS, AT)).toMatchObject({ outcome: 'pass' });
  expect(accept([record({ ...FACTS, approvedBy: 'ada, grace' })], PARAMS, AT)).toMatchObject({ outcome: 'pass' });
});

it('refuses who approves the own run, and who is not designated', () => {
  expect(accept([record({ ...FACTS, approvedBy: 'Ada' })], PARAMS, AT)).toMatchObject({ outcome: 'fail' });
  expect(accept([record({ ...FACTS, approvedBy: 'Ada' })], { ...PARAMS, selfApproval: true }, AT).outcome).toBe('pass');
  expect(accept([record(FACTS)], { ...PARAMS, approvers: ['linus'] }, AT)).toMatchObject({ outcome: 'fail' });
});

it('cannot tell without a record, with an old one, or with one that says too little', () => {
  expect(accept([], PARAMS, AT).outcome).toBe('inconclusive');
  expect(accept([{ ...record(FACTS), predicateType: PREDICATE.signOff }], PARAMS, AT).outcome).toBe('inconclusive');
  expect(accept([record(FACTS, '2029-01-01T00:00:00Z')], PARAMS, AT).outcome).toBe('inconclusive');
  expect(accept([record({ run: '1' })], PARAMS, AT)).toMatchObject({ because: expect.stringContaining('approvedBy') });
});

it('judges the newest record', () => {
  const older = record(FACTS, '2030-01-15T00:00:00Z');
  expect(accept([older, record({ ...FACTS, approvedBy: 'ada' })], PARAMS, AT).outcome).toBe('fail');
});
