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
const KNOWN = new Set(['immutable-images', 'pod-security', 'replica-spread']);
const ignored = (comment: string, today = '2026-11-21'): CheckRow[] =>
  applyIgnores([row], () => withComment(comment), today, KNOWN);

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
    expect(applyIgnores([row], () => text, '2026-11-21', KNOWN)[0]?.ignored).toEqual({
      reason: 'x',
      until: '2026-12-01',
    });
  });

  it.each([
    ['run: | # IGNORE', 6],
    ['# IGNORE\n  run: |-', 7],
  ])('is found beside the head of the block that the line is a part of: %s', (head, line) => {
    const ignore = 'launchgate-ignore immutable-images until=2026-12-01 reason="x"';
    const text = `steps:\n  ${head.replace('IGNORE', ignore)}\n    if a; then\n      b\n\n      c\n    fi\nafter: d\n`;
    const at = (one: number): CheckRow => ({ ...row, location: { path: 'api.yaml', line: one, column: 1 } });
    expect(
      applyIgnores([at(line), at(line + 2)], () => text, '2026-11-21', KNOWN).map(({ ignored: by }) => by?.reason),
    ).toEqual(['x', undefined]);
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
    '# launchgate-ignore immutable-images until=2099-12-01 reason=" "',
  ])('does not honour %s, and says so', (comment) => {
    const [result] = ignored(comment);
    expect(result?.ignored).toBeUndefined();
    expect(result?.message).toContain('not honoured');
  });

  it('takes several that stand above a line one under the other, each for its control', () => {
    const other: CheckRow = { ...row, control: 'pod-security' };
    const text = withComment(
      '# launchgate-ignore immutable-images until=2026-12-01 reason="x"\n# why\n# launchgate-ignore pod-security until=2026-12-01 reason="y"',
    );
    const at = (line: number): CheckRow[] =>
      [row, other].map((one) => ({ ...one, location: { path: 'api.yaml', line, column: 1 } }));
    const reasons = (rows: readonly CheckRow[]) => rows.map(({ ignored: by }) => by?.reason);
    expect(reasons(applyIgnores(at(5), () => text, '2026-11-21', KNOWN))).toEqual(['x', 'y']);
    expect(reasons(applyIgnores(at(6), () => text, '2026-11-21', KNOWN))).toEqual([undefined, undefined]);
    expect(reasons(applyIgnores(at(1), () => text, '2026-11-21', KNOWN))).toEqual([undefined, undefined]);
  });

  it('blames one that is incomplete on the control that it names, and does not let it hide another', () => {
    const other: CheckRow = { ...row, control: 'pod-security' };
    const text = withComment('# launchgate-ignore pod-security').replace(
      'api:latest',
      '$& # launchgate-ignore immutable-images until=2026-12-01 reason="x"',
    );
    const [first, second] = applyIgnores([row, other], () => text, '2026-11-21', KNOWN);
    expect(first).toEqual({ ...row, ignored: { reason: 'x', until: '2026-12-01' } });
    expect(second?.message).toContain('not honoured: write launchgate-ignore pod-security');
    expect(
      applyIgnores([row, other], () => withComment('# launchgate-ignore pod-security'), '2026-11-21', KNOWN)[0],
    ).toEqual(row);
  });

  it.each([
    ['immutable-image', 'which is no control; did you mean "immutable-images"?)'],
    ['everything', 'which is no control)'],
  ])('says of one for %s that there is no such control', (control, why) => {
    const [result] = ignored(`# launchgate-ignore ${control} until=2026-12-01 reason="x"`);
    expect(result?.ignored).toBeUndefined();
    expect(result?.message).toBe(`${row.message} (an ignore beside it is for "${control}", ${why}`);
  });

  it('leaves other controls alone', () => {
    expect(ignored('# launchgate-ignore pod-security until=2026-12-01 reason="x"')[0]).toEqual(row);
  });
});

describe('againstBaseline', () => {
  const known = (rows: readonly CheckRow[], earlier: readonly CheckRow[], isThere = (_path: string) => true) =>
    againstBaseline(rows, earlier, isThere).map((each) => each.known === true);

  it('knows a finding again after its lines and numbers moved', () => {
    const moved = {
      ...row,
      message: 'container api of 5 runs api:latest',
      location: { path: 'api.yaml', line: 9, column: 7 },
    };
    expect(known([moved], [row])).toEqual([true]);
  });

  it('counts: a second one of the same kind is new', () => {
    expect(known([row, row], [row])).toEqual([true, false]);
    expect(known([row, row], [row, row])).toEqual([true, true]);
  });

  it('takes one that became graver for new, and one that became milder for known', () => {
    const as = (severity: CheckRow['severity']): CheckRow => ({ ...row, severity });
    expect(known([as('critical')], [as('high')])).toEqual([false]);
    expect(known([as('low')], [as('high')])).toEqual([true]);
    expect(known([as('high'), as('low')], [as('low'), as('high')])).toEqual([true, true]);
  });

  it('knows a finding again in a renamed file, and takes one in another file for new', () => {
    const there = { ...row, location: { path: 'services/api.yaml', line: 2, column: 1 } };
    expect(known([there], [row], () => false)).toEqual([true]);
    expect(known([there, there], [row], () => false)).toEqual([true, false]);
    expect(known([there], [row])).toEqual([false]);
  });
});
