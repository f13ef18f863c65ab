import { describe, expect, test } from 'vitest';
import type { CheckRow } from '../model/report.ts';
import { checkVerdict, sortRows } from './order.ts';
import { checkReportOf, sampleCheck } from './testing/check-report.ts';

const row = (changes: Partial<CheckRow>): CheckRow => ({
  control: 'health-probes',
  subject: 'service/api',
  outcome: 'fail',
  severity: 'medium',
  message: 'wrong',
  ...changes,
});
const clean = { unread: [] };

describe('sortRows', () => {
  test('puts critical before high, and what has steps before what has none', () => {
    const steps = [{ action: 'a', state: 'b' }];
    const report = checkReportOf([
      row({ severity: 'high', counterExample: steps, message: 'high with steps' }),
      row({ severity: 'critical', message: 'critical' }),
      row({ severity: 'critical', counterExample: steps, message: 'critical with steps' }),
      row({ severity: 'high', message: 'high' }),
      row({ severity: 'medium', counterExample: steps, message: 'medium with steps' }),
    ]);
    expect(sortRows(report).breaks.map((each) => each.message)).toEqual([
      'critical with steps',
      'critical',
      'high with steps',
    ]);
    expect(sortRows(report).weaknesses.map((each) => each.message)).toEqual(['high', 'medium with steps']);
  });

  test('keeps ignored and baselined rows out of every other list', () => {
    const rows = sortRows(sampleCheck);
    expect(rows.ignored).toHaveLength(1);
    expect(rows.known).toHaveLength(1);
    expect(Object.values(rows).flat()).toHaveLength(sampleCheck.findings.length);
  });
});

describe('checkVerdict', () => {
  test.each([
    ['breaks', checkReportOf([row({}), row({ outcome: 'pass' })], clean)],
    ['holds', checkReportOf([row({ outcome: 'pass' })], clean)],
    ['unknown', checkReportOf([row({ outcome: 'pass' }), row({ outcome: 'inconclusive' })], clean)],
    ['unknown', checkReportOf([row({ outcome: 'pass' }), row({ outcome: 'error' })], clean)],
    ['unknown', checkReportOf([row({ outcome: 'pass' })])],
    ['unknown', checkReportOf([], clean)],
    ['unknown', checkReportOf([row({ known: true })], clean)],
  ])('%s', (verdict, report) => {
    expect(checkVerdict(report)).toBe(verdict);
  });
});
