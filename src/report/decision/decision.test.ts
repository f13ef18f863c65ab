import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Decision, RequirementState } from '../../model/report.ts';
import { COMMENT_LIMIT } from '../markdown/budget.ts';
import { decisionSchema } from '../schema.ts';
import { sampleCheck } from '../testing/check-report.ts';
import { sampleContext } from '../testing/context.ts';
import { sampleDecision, sampleGo } from '../testing/decision.ts';
import { elementsOf } from '../testing/xml.ts';
import { ansiStyle, plainStyle } from '../text/style.ts';
import { actionsOf, decisionCounts } from './actions.ts';
import { evidenceAge, expiry, span } from './age.ts';
import { renderDecisionHtml } from './html.ts';
import { renderDecisionHuman } from './human.ts';
import { renderDecisionJson } from './json.ts';
import { renderDecisionJunit } from './junit.ts';
import { renderDecisionMarkdown } from './markdown.ts';

const missing = (control: string, changes: Partial<RequirementState> = {}): RequirementState => ({
  control,
  subject: 'service/api',
  state: 'missing',
  because: 'Nothing was found.',
  next: 'Run the drill.',
  evidence: [],
  stage: 'day-0',
  ...changes,
});
const of = (requirements: readonly RequirementState[], changes: Partial<Decision> = {}): Decision => ({
  ...sampleDecision,
  requirements,
  ...changes,
});

describe('actionsOf', () => {
  test('one act of one owner is one action, however many requirements it moves', () => {
    const actions = actionsOf(
      of([missing('a', { owner: 'sre' }), missing('b', { owner: 'sre' }), missing('c', { owner: 'data' })]),
    );
    expect(actions.map((action) => [action.owner, action.requirements.length])).toEqual([
      ['sre', 2],
      ['data', 1],
    ]);
  });

  test('what is in place asks for nothing', () => {
    expect(actionsOf(sampleGo)).toEqual([]);
  });

  test('a requirement that names no next step is still an action', () => {
    expect(actionsOf(of([missing('a', { next: '' })]))[0]?.next).toBe('Mend a for service/api.');
  });

  test('earlier stages come first, known wrong before unknown', () => {
    const actions = actionsOf(
      of([
        missing('late', { stage: 'week-1', next: '1' }),
        missing('unknown', { state: 'inconclusive', next: '2' }),
        missing('broken', { state: 'failed', next: '3' }),
      ]),
    );
    expect(actions.map((action) => action.requirements[0]?.control)).toEqual(['broken', 'unknown', 'late']);
  });
});

test('what whoever decided chose stands in every report that people read', () => {
  const chosen = { ...sampleGo, choices: { from: 'dev', pinnedRenders: true as const } };
  const options = { width: 200, style: plainStyle, verbose: false };
  const reports = (decision: Decision): string[] => [
    renderDecisionHuman(decision, sampleContext, options),
    renderDecisionMarkdown(decision, sampleContext),
    renderDecisionHtml(decision, sampleContext),
  ];
  for (const report of reports(chosen)) {
    expect(report).toContain('evidence from dev was let serve');
    expect(report).toContain('--trust-pins');
  }
  for (const report of reports(sampleGo)) expect(report).not.toContain('was let serve');
  expect(decisionSchema.parse(JSON.parse(renderDecisionJson(chosen))).choices).toEqual(chosen.choices);
});

describe('ages', () => {
  test.each([
    [-5, '0 minutes'],
    [60_000, '1 minute'],
    [7_200_000, '2 hours'],
    [172_800_000, '2 days'],
    [172_799_999, '47 hours'],
  ])('%i ms is %s', (milliseconds, text) => {
    expect(span(milliseconds)).toBe(text);
  });

  test('evidence nobody described is named by its digest', () => {
    expect(evidenceAge(`sha256:${'ab'.repeat(32)}`, sampleDecision, { controls: [] })).toBe('sha256:abababababab');
  });

  test('an expiry at the very instant still counts', () => {
    expect(expiry(sampleDecision.at, sampleDecision)).toBe('expires in 0 minutes');
    expect(expiry('2026-04-30T09:30:00Z', sampleDecision)).toBe('expired 24 hours ago');
  });
});

describe('human', () => {
  test.each([60, 120])('at %i columns', async (width) => {
    const text = renderDecisionHuman(sampleDecision, sampleContext, { width, style: plainStyle, verbose: false });
    await expect(text).toMatchFileSnapshot(`../__snapshots__/decision-${width}.txt.snap`);
    const colored = renderDecisionHuman(sampleDecision, sampleContext, { width, style: ansiStyle, verbose: false });
    expect(stripVTControlCharacters(colored)).toBe(text);
    if (width === 120) await expect(colored).toMatchFileSnapshot('../__snapshots__/decision-120-color.txt.snap');
  });

  test('a GO says GO first and last', () => {
    const lines = renderDecisionHuman(sampleGo, sampleContext, { width: 100, style: plainStyle, verbose: true })
      .trimEnd()
      .split('\n');
    expect(lines[0]).toMatch(/^GO {2}public-launch/);
    expect(lines.at(-1)).toBe(`GO  ${decisionCounts(sampleGo)}`);
  });

  test('a replay and a break-glass are said aloud', () => {
    const decision = of([], {
      replay: true,
      breakGlass: { reason: 'Outage.', persons: ['dana', 'lee'], expires: '2026-05-02T00:00:00Z' },
    });
    const text = renderDecisionHuman(decision, sampleContext, { width: 100, style: plainStyle, verbose: false });
    expect(text).toContain('Replay, never signed.');
    expect(text).toContain('Outage. By dana, lee, until 2026-05-02T00:00:00Z.');
  });
});

test('json round-trips through the published schema', () => {
  expect(decisionSchema.strict().parse(JSON.parse(renderDecisionJson(sampleDecision)))).toEqual(sampleDecision);
});

describe('junit', () => {
  const elements = elementsOf(renderDecisionJunit(sampleDecision));

  test('the verdict is a test of its own, and each block fails one', () => {
    const failed = elements
      .filter((element) => element.name === 'failure')
      .map((element) => element.attributes['type']);
    expect(failed.slice(0, 2)).toEqual(['NO-GO', 'weakened-spec']);
  });

  test('blocking states are failures or errors; only what somebody signed away is skipped', () => {
    const count = (name: string): number => elements.filter((element) => element.name === name).length;
    expect({ failure: count('failure'), error: count('error'), skipped: count('skipped') }).toEqual({
      failure: 10,
      error: 2,
      skipped: 2,
    });
  });

  test('a gate without requirements is not green', () => {
    expect(elementsOf(renderDecisionJunit(of([], { blocks: [] })))[0]?.attributes).toMatchObject({ failures: '1' });
  });
});

describe('markdown', () => {
  test('the sample', async () => {
    await expect(renderDecisionMarkdown(sampleDecision, sampleContext)).toMatchFileSnapshot(
      '../__snapshots__/decision.md.snap',
    );
  });

  test('fits a comment with thousands of requirements', () => {
    const many = Array.from({ length: 4000 }, (_, index) => missing(`control-${index}`, { next: `Do ${index}.` }));
    const text = renderDecisionMarkdown(of(many), sampleContext);
    expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(text).toMatch(/_\d+ actions left out/);
  });

  test('names stay text', () => {
    const text = renderDecisionMarkdown(
      of([missing('x', { owner: '@octocat', next: '| <b> [a](b) |' })]),
      sampleContext,
    );
    expect(text).not.toMatch(/@octocat|<b>|\]\(b/);
  });
});

describe('html', () => {
  const page = renderDecisionHtml(sampleDecision, { ...sampleContext, check: sampleCheck });

  test('shows verdict, board, actions, counter-examples, tracks, controls, picture, evidence, waivers', () => {
    for (const id of [
      'blocks',
      'board',
      'actions',
      'breaks',
      'tracks',
      'controls',
      'topology',
      'evidence',
      'waivers',
      'notes',
    ]) {
      expect(page).toContain(`id="${id}"`);
    }
    expect(page).toContain('<strong>NO-GO</strong>');
    expect(page).toContain('declared done');
  });

  test('tells the age of evidence and when it runs out, the first to run out on top', () => {
    const ages = page.slice(page.indexOf('id="evidence"'), page.indexOf('id="waivers"'));
    expect(ages).toMatch(
      /edge-tls[\s\S]*40 days old[\s\S]*expired 11 days ago[\s\S]*vulnerability-policy[\s\S]*expires in 6 days/,
    );
  });

  test('a requirement without evidence has no age', () => {
    const bare = renderDecisionHtml(of([missing('a')]), { controls: [] });
    expect(bare).not.toContain('id="evidence"');
  });

  test('hostile text stays text', () => {
    const hostile = renderDecisionHtml(
      of([missing('</script><script>alert(1)</script>', { because: '<img src=x onerror=alert(1)>', owner: '"><b>' })], {
        gate: '</title><script>',
      }),
      sampleContext,
    );
    expect(hostile.match(/<script/g)).toHaveLength(1);
    expect(hostile).not.toMatch(/<img|<b>"/);
  });

  test('hostile owners and reasons drive no terminal', () => {
    const decision = of([missing('a', { owner: 'team\u001B[31m\n\u202E', because: '\u009B31m' })], {
      blocks: [{ code: 'x', because: 'b', next: 'n', owner: '\u001B]8;;x\u0007' }],
    });
    for (const text of [
      renderDecisionHuman(decision, sampleContext, { width: 80, style: plainStyle, verbose: false }),
      renderDecisionJson(decision),
    ])
      expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
    expect(JSON.parse(renderDecisionJson(decision)).requirements[0].because).toBe('\u009B31m');
  });
});
