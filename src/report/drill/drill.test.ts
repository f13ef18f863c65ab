import { describe, expect, test } from 'vitest';
import { decisionSchema } from '../schema.ts';
import { sampleDrillContext, sampleDrillReport, sampleRun } from '../testing/drill.ts';
import { elementsOf } from '../testing/xml.ts';
import { plainStyle } from '../text/style.ts';
import { journalOf, renderDrillJournal } from './chaostoolkit.ts';
import { renderDrillHtml } from './html.ts';
import { renderDrillHuman } from './human.ts';
import { renderDrillJson } from './json.ts';
import { renderDrillJunit } from './junit.ts';
import { renderDrillMarkdown } from './markdown.ts';
import { placeLabels, ticks, timeScale, WIDTH } from './scale.ts';
import { drillReportSchema } from './schema.ts';

const options = { width: 120, style: plainStyle, verbose: false };

describe('human', () => {
  test('shows each measurement beside its bound and prediction, and the worst outcome last', async () => {
    await expect(renderDrillHuman(sampleDrillReport, options)).toMatchFileSnapshot(
      '../__snapshots__/drill-120.txt.snap',
    );
    await expect(renderDrillHuman(sampleDrillReport, { ...options, width: 60, verbose: true })).toMatchFileSnapshot(
      '../__snapshots__/drill-60-verbose.txt.snap',
    );
  });

  test('a fault that was not undone is shouted', () => {
    const [drill] = sampleDrillReport.drills;
    const faults = [{ kind: 'thaw', undo: 'thaw redis', atMs: 1, error: 'no such process' }];
    const report = { ...sampleDrillReport, drills: [{ ...drill!, runs: [{ ...sampleRun, faults }] }] };
    expect(renderDrillHuman(report, options)).toContain('NOT UNDONE: thaw redis: no such process');
  });
});

describe('json', () => {
  test('fits its published schema and keeps every member', () => {
    expect(JSON.parse(renderDrillJson(sampleDrillReport))).toEqual(JSON.parse(JSON.stringify(sampleDrillReport)));
    expect(decisionSchema.safeParse(sampleDrillReport).success).toBe(false);
    expect(drillReportSchema.safeParse({ ...sampleDrillReport, outcome: 'skipped' }).success).toBe(false);
  });
});

describe('junit', () => {
  test('what could not be told is an error, a miss a failure, and nothing is skipped', () => {
    const elements = elementsOf(renderDrillJunit(sampleDrillReport));
    const count = (name: string): number => elements.filter((element) => element.name === name).length;
    expect([count('testcase'), count('failure'), count('error'), count('skipped')]).toEqual([5, 2, 2, 0]);
  });

  test('a report without any drill is no clean result', () => {
    const empty = { ...sampleDrillReport, drills: [], outcome: 'inconclusive' as const };
    expect(renderDrillJunit(empty)).toContain('Nothing was judged');
  });
});

describe('chaos toolkit journal', () => {
  test('has the fields that people know', () => {
    const journal = journalOf(sampleRun);
    expect(journal).toMatchObject({
      status: 'completed',
      deviated: false,
      start: '2026-11-28T10:15:00.000Z',
      end: '2026-11-28T10:15:09.400Z',
      duration: 9.4,
      steady_states: { before: { steady_state_met: true }, after: { steady_state_met: true } },
    });
    expect(journal.experiment['steady-state-hypothesis'].probes[0]).toMatchObject({
      type: 'probe',
      name: 'orders takes a write',
      tolerance: { type: 'range', range: [1, null] },
    });
    expect(journal.run.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    expect(journal.rollbacks).toMatchObject([{ activity: { name: 'start postgres' }, status: 'succeeded' }]);
    expect(JSON.parse(renderDrillJournal(sampleDrillReport))).toHaveLength(2);
  });

  test('a steady state that did not hold before is `failed`, one not after has deviated, Ctrl-C is `interrupted`', () => {
    const [probe] = sampleRun.hypothesis;
    const off = { atMs: 1, value: 0, met: false };
    expect(journalOf({ ...sampleRun, hypothesis: [{ ...probe!, before: off }] }).status).toBe('failed');
    expect(journalOf({ ...sampleRun, hypothesis: [{ ...probe!, after: off }] }).deviated).toBe(true);
    const halted = { name: 'interrupted', atMs: 5, because: 'Ctrl-C' };
    expect(journalOf({ ...sampleRun, halted }).status).toBe('interrupted');
  });

  test('an undo that failed is a failed rollback', () => {
    const faults = [{ kind: 'thaw', undo: 'thaw redis', atMs: 1, undoneMs: 2, error: 'no such process' }];
    expect(journalOf({ ...sampleRun, faults }).rollbacks).toMatchObject([{ status: 'failed' }]);
  });
});

describe('markdown', () => {
  test('failures come first and names cannot be markup', async () => {
    const text = renderDrillMarkdown(sampleDrillReport);
    await expect(text).toMatchFileSnapshot('../__snapshots__/drill.md.snap');
    expect(text).not.toContain('<from>');
  });
});

describe('html', () => {
  const page = renderDrillHtml(sampleDrillReport, sampleDrillContext);

  test('is one page that asks for nothing from outside', () => {
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page).not.toContain('<from>');
  });

  test('draws fault, marks, curves and bounds, and says them in words for who cannot see', () => {
    const [picture = ''] = /<svg[^>]*class="timeline"[\s\S]*?<\/svg>/.exec(page) ?? [];
    expect(picture).toContain('role="img"');
    expect(picture).toMatch(
      /<desc[^>]*>[^<]*1\.4 s kill the primary; [^<]*2\.3 s loss detected; [^<]*7\.1 s undone: start postgres/,
    );
    expect(picture.match(/class="fault-band"/g)).toHaveLength(1);
    expect(picture.match(/class="mark-text/g)).toHaveLength(3);
    expect(picture.match(/class="none"/g)).toHaveLength(2);
    expect(picture).toContain('load: latency p99');
    expect(picture).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('a run that ended at once still has a picture', () => {
    const [drill] = sampleDrillReport.drills;
    const empty = { ...sampleRun, durationMs: 0, steps: [], marks: [], faults: [], hypothesis: [], observations: [] };
    const bare = renderDrillHtml(
      { ...sampleDrillReport, drills: [{ ...drill!, runs: [empty] }] },
      { curves: new Map() },
    );
    expect(bare).not.toMatch(/NaN|Infinity/);
  });
});

describe('geometry', () => {
  test.each([0, 0.4, 9.4, 75, 3600])('%d s has at most eleven ticks', (seconds) => {
    expect(ticks(seconds * 1000).length).toBeLessThanOrEqual(11);
    expect(ticks(seconds * 1000).length).toBeGreaterThan(0);
  });

  test('labels never overlap in a row and stay inside', () => {
    const x = timeScale(1000);
    const placed = placeLabels([0, 10, 20, 990, 1000].map((ms) => ({ x: x(ms), text: 'a moment of note' })));
    for (const { row, x: at, flipped, text } of placed) {
      const width = text.length * 6.6 + 10;
      expect(at + (flipped ? 0 : width)).toBeLessThanOrEqual(WIDTH);
      const others = placed.filter((other) => other.row === row && other.x !== at);
      const from = flipped ? at - width : at;
      for (const other of others) {
        const begin = other.flipped ? other.x - width : other.x;
        expect(begin >= from + width || begin + width <= from).toBe(true);
      }
    }
  });
});
