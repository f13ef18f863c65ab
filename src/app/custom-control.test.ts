import { describe, expect, it } from 'vitest';
import type { AcceptableEvidence } from '../model/control.ts';
import { PREDICATE } from '../model/evidence.ts';
import type { CustomControlSpec } from '../model/spec.ts';
import { acceptCustom } from './custom-control.ts';

const DIGEST = `sha256:${'0'.repeat(64)}` as const;
const NOW = new Date('2026-11-21T12:00:00Z');
const none = { critical: 0, high: 0, medium: 0, low: 0 };

function given(predicateType: string, predicate: unknown, at = NOW): AcceptableEvidence {
  return { digest: DIGEST, predicateType, predicate, subjects: [DIGEST], at };
}
const report = (changes: object): AcceptableEvidence =>
  given(PREDICATE.scan, { format: 'sarif', tool: { name: 'tool' }, scope: 9, counts: none, items: [], ...changes });
const tests = (changes: object): AcceptableEvidence => report({ format: 'junit', failed: 0, skipped: 0, ...changes });

function outcome(predicate: CustomControlSpec['accept']['predicate'], ...evidence: AcceptableEvidence[]): string {
  const control: CustomControlSpec = {
    id: 'own',
    title: 'Own',
    statement: 'It holds.',
    stage: 'day-0',
    launch: false,
    sources: [],
    accept: { predicate, maxAge: '30d' },
  };
  return acceptCustom(control, evidence, NOW).outcome;
}

describe('acceptCustom', () => {
  it('judges a scan by what it reports', () => {
    expect(outcome('scan', report({}))).toBe('pass');
    expect(outcome('scan', report({ scope: 0 }))).toBe('inconclusive');
    expect(outcome('scan', report({ counts: { ...none, high: 1 } }))).toBe('fail');
    expect(outcome('scan', tests({}))).toBe('inconclusive');
  });

  it('takes JUnit and in-toto test results, with tests in them', () => {
    expect(outcome('test-result', tests({}))).toBe('pass');
    expect(outcome('test-result', tests({ failed: 1 }))).toBe('fail');
    expect(outcome('test-result', tests({ scope: 0, skipped: 9 }))).toBe('inconclusive');
    expect(outcome('test-result', tests({ scope: 1, skipped: 9 }))).toBe('pass');
    expect(outcome('test-result', given(PREDICATE.testResult, { result: 'PASSED' }))).toBe('pass');
    expect(outcome('test-result', given(PREDICATE.testResult, { result: 'FAILED' }))).toBe('fail');
    expect(outcome('test-result', given(PREDICATE.testResult, {}))).toBe('inconclusive');
  });

  it('asks for every part of a run of tests that was split', () => {
    const part = (index: number, failed = 0) =>
      tests({ shard: { index, of: 2 }, tests: [`${index}`.repeat(16)], failed });
    expect(outcome('test-result', part(1))).toBe('inconclusive');
    expect(outcome('test-result', part(1), part(2))).toBe('pass');
    expect(outcome('test-result', part(2, 1))).toBe('fail');
  });

  it('judges the newest report of each tool: a clean one of another does not stand for it', () => {
    const earlier = new Date('2026-11-20T12:00:00Z');
    const by = (name: string, high: number, at = NOW) => ({
      ...report({ tool: { name }, counts: { ...none, high } }),
      at,
    });
    expect(outcome('scan', by('sast', 1, earlier), by('images', 0))).toBe('fail');
    expect(outcome('scan', by('sast', 1, earlier), by('images', 0), by('sast', 0))).toBe('pass');
    expect(outcome('test-result', { ...tests({ scope: 0 }), at: earlier }, tests({ tool: { name: 'e2e' } }))).toBe(
      'inconclusive',
    );
  });

  it('cannot tell from a report that is not whole, unless it found something', () => {
    expect(outcome('scan', report({ scope: 0, incomplete: 'it failed' }))).toBe('inconclusive');
    expect(outcome('scan', report({ scope: 0, incomplete: 'it failed', counts: { ...none, critical: 1 } }))).toBe(
      'fail',
    );
    expect(outcome('test-result', tests({ scope: 0, incomplete: 'cut', failed: 1 }))).toBe('fail');
  });

  it('takes a document while it is fresh, and nothing in its place', () => {
    expect(outcome('attachment', given(PREDICATE.attachment, {}))).toBe('pass');
    expect(outcome('attachment', given(PREDICATE.attachment, {}, new Date('2026-01-01T00:00:00Z')))).toBe(
      'inconclusive',
    );
    expect(outcome('attachment', report({}))).toBe('inconclusive');
    expect(outcome('sign-off')).toBe('inconclusive');
  });
});
