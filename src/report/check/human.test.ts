import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { HumanOptions } from '../context.ts';
import { checkReportOf, hostileRow, leftOpenReport, sampleCheck } from '../testing/check-report.ts';
import { sampleContext } from '../testing/context.ts';
import { ansiStyle, plainStyle } from '../text/style.ts';
import { displayWidth } from '../text/width.ts';
import { renderCheckHuman } from './human.ts';

const options = (changes: Partial<HumanOptions> = {}): HumanOptions => ({
  width: 100,
  style: plainStyle,
  verbose: false,
  ...changes,
});
/** Paths and commands are kept whole, so that they can be opened and copied. */
const KEPT_WHOLE = /^\s*\S+\.yaml(?::\d+:\d+)?$|^(?:Next|    )  launchgate /;

describe('renderCheckHuman', () => {
  test.each([60, 120])('at %i columns', async (width) => {
    const text = renderCheckHuman(sampleCheck, sampleContext, options({ width }));
    await expect(text).toMatchFileSnapshot(`../__snapshots__/check-${width}.txt.snap`);
    const colored = renderCheckHuman(sampleCheck, sampleContext, options({ width, style: ansiStyle }));
    await expect(colored).toMatchFileSnapshot(`../__snapshots__/check-${width}-color.txt.snap`);
    expect(stripVTControlCharacters(colored)).toBe(text);
  });

  test('says once of a service that nobody can tell what runs it', () => {
    const row = {
      ...hostileRow,
      outcome: 'inconclusive',
      subject: 'service/api',
      message: 'nothing runs api',
    } as const;
    const rows = ['pod-security', 'health-probes'].map((control) => ({ ...row, control }));
    const gap = {
      path: 'launchgate.yaml',
      reason: 'nothing runs api',
      fix: 'Correct it.',
      hides: [],
      subject: 'service/api',
    };
    const text = renderCheckHuman(checkReportOf(rows, { unread: [gap] }), sampleContext, options());
    expect(text).toMatch(/unknown\s+2 controls {2}service\/api\n {4}nothing runs api\n/);
  });

  test('tells a source that could not be read once, with the controls that it leaves open', () => {
    const text = renderCheckHuman(leftOpenReport(), sampleContext, options());
    expect(text.match(/charts\/qdrant/g)).toHaveLength(1);
    expect(text).toContain('What could not be told 1\n');
    expect(text).toMatch(/Install helm 3\.14 or newer\.\n[^]*leaves 3 controls open\n/);
    expect(text).toMatch(/What that leaves open 1\n {2}unknown\s+service\/api {2}3 controls\n/);
    expect(text).toContain('7 unknown (6 for what was not read), 1 source not read');
    const verbose = renderCheckHuman(leftOpenReport(), sampleContext, options({ verbose: true }));
    expect(verbose).toContain('leaves 3 controls open: pod-security, health-probes, disruption-budget');
    expect(verbose).toMatch(/service\/api {2}3 controls\n {4}disruption-budget, health-probes, pod-security\n/);
  });

  test('is no longer for many sources that want the same or different things mended', () => {
    const unread = Array.from({ length: 2000 }, (_, index) => ({
      path: `charts/c${index}/templates/a.yaml`,
      reason: 'a template of no chart',
      fix: index % 2 === 0 ? `Correct line ${index}.` : 'Name its chart.',
      hides: [],
    }));
    const text = renderCheckHuman(checkReportOf([], { unread }), sampleContext, options());
    expect(text.split('\n').length).toBeLessThan(60);
  });

  test('verbose', async () => {
    const text = renderCheckHuman(sampleCheck, sampleContext, options({ verbose: true }));
    await expect(text).toMatchFileSnapshot('../__snapshots__/check-verbose.txt.snap');
  });

  test.each([1, 40, 47, 80, 200, 10_000])(
    'no line but a path or a command is wider than the terminal, at %i',
    (width) => {
      const report = checkReportOf([hostileRow, ...sampleCheck.findings]);
      const limit = Math.min(200, Math.max(40, width));
      const wide = renderCheckHuman(report, sampleContext, options({ width }))
        .split('\n')
        .filter((line) => displayWidth(line) > limit && !KEPT_WHOLE.test(line));
      expect(wide).toEqual([]);
    },
  );

  test('a path is never broken', () => {
    const text = renderCheckHuman(sampleCheck, sampleContext, options({ width: 40 }));
    expect(text).toContain('deploy/overlays/production/billing-config.yaml:14:21\n');
  });

  test('a hostile name cannot drive the terminal', () => {
    const text = renderCheckHuman(checkReportOf([hostileRow]), sampleContext, options());
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('\\u001b[31mred');
  });

  test('is quiet about passes, and says how many there are', () => {
    const text = renderCheckHuman(sampleCheck, sampleContext, options());
    expect(text).not.toContain('What holds');
    expect(text).toMatch(/4\s+proven to hold/);
  });

  test('cuts a long list and says so', () => {
    const rows = Array.from({ length: 9 }, (_, index) => ({
      ...hostileRow,
      severity: 'low' as const,
      subject: `service/s${index}`,
    }));
    const text = renderCheckHuman(checkReportOf(rows), sampleContext, options());
    expect(text).toContain('and 4 more (--verbose shows all)');
    expect(text).not.toContain('service/s5');
    expect(renderCheckHuman(checkReportOf(rows), sampleContext, options({ verbose: true }))).toContain('service/s8');
  });

  test('nothing judged is not a clean answer', () => {
    const text = renderCheckHuman(checkReportOf([], { unread: [] }), sampleContext, options());
    expect(text).toContain('Could not tell  nothing proven to hold');
  });

  test('offers the commands it is given', () => {
    const text = renderCheckHuman(sampleCheck, sampleContext, options({ next: ['launchgate demo'] }));
    expect(text.trimEnd().split('\n').at(-1)).toBe('Next  launchgate demo');
  });
});
