import { describe, expect, it } from 'vitest';
import type { CheckRow } from '../model/report.ts';
import { againstBaseline } from './fingerprint.ts';
import { applyIgnores } from './ignores.ts';

const row: CheckRow = {
  control: 'immutable-images',
  subject: 'service/api',
  outcome: 'fail',
  severity: 'high',
  message: 'container api of 3 runs api:latest',
  location: { path: 'api.yaml', line: 3, column: 7 },
  remediation: 'Pin it.',
};
const withComment = (comment: string): string => `kind: Deployment\n${comment}\nimage: api:latest\n`;
const ignored = (comment: string, today = '2026-11-21'): CheckRow[] =>
  applyIgnores([row], () => withComment(comment), today);

describe('applyIgnores', () => {
  it('silences the finding it names until its day', () => {
    expect(
      ignored('# launchgate-ignore immutable-images until=2026-12-01 reason="vendor ships no tags"')[0]?.ignored,
    ).toEqual({
      reason: 'vendor ships no tags',
      until: '2026-12-01',
    });
  });

  it('is found in a file with CRLF', () => {
    const text = withComment('# launchgate-ignore immutable-images until=2026-12-01 reason="x"').replaceAll(
      '\n',
      '\r\n',
    );
    expect(applyIgnores([row], () => text, '2026-11-21')[0]?.ignored).toEqual({ reason: 'x', until: '2026-12-01' });
  });

  it('reports an expired one', () => {
    const [result] = ignored('# launchgate-ignore immutable-images until=2026-11-20 reason="was fine"');
    expect(result?.ignored).toBeUndefined();
    expect(result?.message).toContain('expired on 2026-11-20');
  });

  it.each([
    '# launchgate-ignore',
    '# launchgate-ignore immutable-images',
    '# launchgate-ignore immutable-images until=2026-12-01',
    '# launchgate-ignore immutable-images until=2099-02-30 reason="no such day"',
    '# launchgate-ignore immutable-images until=2099-13-01 reason="no such month"',
  ])('does not honour %s, and says so', (comment) => {
    const [result] = ignored(comment);
    expect(result?.ignored).toBeUndefined();
    expect(result?.message).toContain('not honoured');
  });

  it('leaves other controls alone', () => {
    expect(ignored('# launchgate-ignore pod-security until=2026-12-01 reason="x"')[0]).toEqual(row);
  });
});

describe('againstBaseline', () => {
  it('knows a finding again after its lines and numbers moved', () => {
    const moved = {
      ...row,
      message: 'container api of 5 runs api:latest',
      location: { path: 'api.yaml', line: 9, column: 7 },
    };
    expect(againstBaseline([moved], [row])[0]?.known).toBe(true);
  });

  it('counts: a second one of the same kind is new', () => {
    expect(againstBaseline([row, row], [row]).map((each) => each.known === true)).toEqual([true, false]);
  });
});
