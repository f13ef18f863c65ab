import { describe, expect, it } from 'vitest';
import { configured, log, read } from './sarif.testkit.ts';

describe('the severity of a result in SARIF', () => {
  it.each([
    [
      'a score of the result, before that of its rule',
      { ruleId: 'R1', properties: { 'security-severity': '4.0' } },
      'medium',
    ],
    ['a score as a number', { ruleId: 'R3', properties: { 'security-severity': 7 } }, 'high'],
    ['a score below the next class', { ruleId: 'R3', properties: { 'security-severity': '8.9' } }, 'high'],
    ['a score that is none', { ruleId: 'R3', properties: { 'security-severity': 'n/a' } }, 'medium'],
    ['a score of 0', { ruleId: 'R3', properties: { 'security-severity': '0.0' }, level: 'error' }, 'high'],
    ['a score of 0 beside that of the rule', { ruleId: 'R1', properties: { 'security-severity': '0.0' } }, 'critical'],
    [
      'a score that is none beside that of the rule',
      { ruleId: 'R1', properties: { 'security-severity': 'n/a' } },
      'critical',
    ],
    ['a score out of range', { ruleId: 'R3', properties: { 'security-severity': '11' }, level: 'error' }, 'high'],
    ['a level of the result', { ruleId: 'R2', level: 'note' }, 'low'],
    ['the level of its rule', { ruleId: 'R2' }, 'high'],
    ['a rule below its rule', { ruleId: 'R2/sub/case' }, 'high'],
    ['a rule by its index', { ruleIndex: 1 }, 'high'],
    ['no rule at all', { message: { text: 'x' } }, 'medium'],
    ['an open result, whose level says nothing', { ruleId: 'R2', kind: 'open', level: 'none' }, 'high'],
  ])('takes the severity of %s', (_, result, severity) => {
    expect(read(log([result])).items).toMatchObject([{ severity }]);
  });

  it('takes the level that an invocation gave a rule, and the gravest where it cannot be told whose result it is', () => {
    expect(configured([{ ruleId: 'R3' }], { level: 'error' }).counts.high).toBe(1);
    expect(configured([{ ruleId: 'R3' }], { level: 'note' }).counts).toMatchObject({ medium: 0, low: 1 });
    expect(configured([{ ruleId: 'R3' }], { level: 'note' }, { level: 'error' }).counts.high).toBe(1);
    expect(configured([{ ruleId: 'R3' }], { level: 'note' }, {}).counts.medium).toBe(1);
    const second = { ruleId: 'R3', provenance: { invocationIndex: 0 } };
    expect(configured([second], { level: 'note' }, { level: 'error' }).counts).toMatchObject({ high: 0, low: 1 });
    expect(configured([{ ruleId: 'R3', level: 'error' }], { level: 'note' }).counts.high).toBe(1);
  });

  it('takes what Trivy tags as rated by nobody for high, though its level is note', () => {
    const rated = (properties: object) =>
      read(log([{ ruleId: 'CVE-1', level: 'note' }], {}, { rules: [{ id: 'CVE-1', properties }] })).items[0]?.severity;
    expect(rated({ tags: ['vulnerability', 'security', 'UNKNOWN'], 'security-severity': '0.0' })).toBe('high');
    expect(rated({ tags: ['vulnerability', 'security', 'UNKNOWN'], 'security-severity': '5.5' })).toBe('medium');
    expect(rated({ tags: ['vulnerability', 'security', 'LOW'] })).toBe('low');
    expect(rated({ tags: 'UNKNOWN' })).toBe('low');
  });
});
