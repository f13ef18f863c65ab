import { describe, expect, it } from 'vitest';
import type { AcceptableEvidence } from '../../model/control.ts';
import { PREDICATE } from '../../model/evidence.ts';
import { accept } from './accept.ts';

const matrix = { infrastructure: ['security-lead', 'sre-lead'], everything: ['qa-lead'] };
const DIGEST = `sha256:${'0'.repeat(64)}` as const;

function signed(topics: string[], ...signedBy: [person: string, role: string][]): AcceptableEvidence {
  const predicate = { topics, signedBy: signedBy.map(([person, role]) => ({ person, roles: [role] })) };
  return { digest: DIGEST, predicateType: PREDICATE.signOff, predicate, subjects: [DIGEST], at: new Date(0) };
}

describe('accept', () => {
  it('passes when every topic has all of its roles', () => {
    const given = [
      signed(['infrastructure'], ['ana', 'sre-lead'], ['ben', 'security-lead']),
      signed(['everything'], ['chi', 'qa-lead']),
    ];
    expect(accept(given, { matrix }).outcome).toBe('pass');
  });

  it('names the role that is missing', () => {
    const result = accept([signed(['infrastructure', 'everything'], ['ana', 'sre-lead'], ['chi', 'qa-lead'])], {
      matrix,
    });
    expect(result).toMatchObject({
      outcome: 'fail',
      findings: [{ message: 'infrastructure is not signed off by a security-lead' }],
    });
  });

  it('does not take a signature of one topic for another', () => {
    expect(
      accept([signed(['infrastructure'], ['ana', 'sre-lead'], ['ben', 'security-lead'], ['chi', 'qa-lead'])], {
        matrix,
      }).outcome,
    ).toBe('fail');
  });

  it('cannot tell without a signature', () => {
    expect(accept([], { matrix }).outcome).toBe('inconclusive');
  });
});
