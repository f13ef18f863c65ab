import { describe, expect, test } from 'vitest';
import type { CheckRow } from '../../model/report.ts';
import { COMMENT_LIMIT } from '../markdown/budget.ts';
import { checkReportOf, hostileRow, leftOpenReport, nothingDeployed, sampleCheck } from '../testing/check-report.ts';
import { sampleContext } from '../testing/context.ts';
import { renderCheckMarkdown } from './markdown.ts';

const many = (count: number, row: CheckRow): CheckRow[] =>
  Array.from({ length: count }, (_, index) => ({ ...row, subject: `service/s${index}` }));

describe('renderCheckMarkdown', () => {
  test('the sample', async () => {
    await expect(renderCheckMarkdown(sampleCheck, sampleContext)).toMatchFileSnapshot('../__snapshots__/check.md.snap');
  });

  test('names cannot inject markup, mentions, references, links or table cells', () => {
    const { docs: _docs, ...context } = sampleContext;
    const low = { ...hostileRow, severity: 'low' as const };
    const text = renderCheckMarkdown(checkReportOf([hostileRow, low]), context);
    expect(text).not.toMatch(/<script|<img|@octocat|@everyone|https:\/\/evil|#1\b/);
    expect(text.match(/<\/details>/g)).toHaveLength(text.match(/<details>/g)?.length ?? 0);
    const table = text.split('\n').filter((line) => line.startsWith('| low'));
    expect(table).toHaveLength(1);
    expect(table[0]?.split('|')).toHaveLength(8);
  });

  test.each([
    ['breaks', many(2000, { ...hostileRow, severity: 'critical' })],
    ['findings', many(5000, { ...hostileRow, severity: 'low' })],
    ['unknowns', many(5000, { ...hostileRow, outcome: 'inconclusive' })],
  ])('fits a comment with thousands of %s, and says what was cut', (of, rows) => {
    const text = renderCheckMarkdown(checkReportOf(rows), sampleContext);
    expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(text).toMatch(new RegExp(`_\\d+ ${of} left out`));
    expect(text.match(/<\/details>/g)?.length).toBe(text.match(/<details>/g)?.length);
    const left = Number(/_(\d+) \w+ left out/.exec(text)?.[1]);
    const shown = text.match(/service\/s\d+/g)?.length ?? 0;
    expect(left + shown).toBe(rows.length);
  });

  test.each([
    ['Nothing was judged', checkReportOf([], { unread: [], assumptions: ['the folder is empty'] })],
    ['Nothing that deploys was found', nothingDeployed({ ...hostileRow, outcome: 'pass' })],
  ])('says why nothing could be told, where no row does: %s', (why, report) => {
    const text = renderCheckMarkdown(report, sampleContext);
    expect(text).toContain(`#### What could not be told\n\n- ${why}`);
    expect(text).toContain(`\n- ${report.assumptions[0]}\n- channel-segregation found nothing here to judge`);
    const failed = renderCheckMarkdown({ ...report, findings: [hostileRow] }, sampleContext);
    expect(failed).not.toContain(why);
  });

  test('tells what could not be read once, before what it leaves open', () => {
    const text = renderCheckMarkdown(leftOpenReport(), sampleContext);
    expect(text.match(/charts\/qdrant/g)).toHaveLength(1);
    expect(text).toMatch(/\| `charts\/qdrant` \|.*\| 3 controls \|/);
    expect(text).toContain('| `service/api` | `disruption-budget`, `health-probes`, `pod-security` |');
    expect(text).toContain('1 could not be told');
  });

  test('a message of a megabyte is left out whole', () => {
    const text = renderCheckMarkdown(
      checkReportOf([{ ...hostileRow, severity: 'critical', message: 'x'.repeat(1_000_000) }]),
      sampleContext,
    );
    expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(text).toContain('_1 breaks left out');
  });
});
