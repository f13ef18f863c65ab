import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../model/digest.ts';
import type { CheckReport, CheckRow } from '../../model/report.ts';
import type { ReportContext } from '../context.ts';
import { checkReportOf, hostileRow, leftOpenReport, nothingDeployed, sampleCheck } from '../testing/check-report.ts';
import { sampleContext } from '../testing/context.ts';
import { sarifShape } from '../testing/sarif-shape.ts';
import { renderCheckSarif } from './sarif.ts';

const runOf = (report: CheckReport, context: ReportContext = sampleContext) => {
  const [run] = sarifShape.parse(JSON.parse(renderCheckSarif(report, context))).runs;
  if (run === undefined) throw new Error('no run');
  return run;
};
const printsOf = (report: CheckReport): string[] =>
  runOf(report).results.map((result) => result.partialFingerprints.primaryLocationLineHash);
const failure: CheckRow = { ...hostileRow, message: 'plain', counterExample: [] };
const pass: CheckRow = { ...failure, outcome: 'pass' };

/** Reports without a row that says that nothing could be told. */
const untold = [
  [checkReportOf([], { unread: [] }), 'Nothing was judged'],
  [nothingDeployed(pass), 'Nothing that deploys was found'],
] as const;

describe('renderCheckSarif', () => {
  test('the sample', async () => {
    await expect(renderCheckSarif(sampleCheck, sampleContext)).toMatchFileSnapshot('../__snapshots__/check.sarif.snap');
  });

  test('message and remedy are two sentences', () => {
    const gap = { path: 'charts/x', reason: 'helm is not installed', fix: 'Install Helm.', hides: [] };
    const run = runOf(checkReportOf([{ ...failure, remediation: 'Mend it.' }], { unread: [gap] }));
    const texts = [...run.results, ...(run.invocations[0]?.toolExecutionNotifications ?? [])].map(
      ({ message }) => message.text,
    );
    expect(texts.filter((text) => text.includes('Mend it'))).toEqual([expect.stringMatching(/: plain\. Mend it\.$/)]);
    expect(texts.filter((text) => text.includes('Helm'))).toEqual([
      'charts/x: helm is not installed. Install Helm.',
      'charts/x: helm is not installed. Install Helm.',
    ]);
  });

  test('every result refers to its rule', () => {
    const { tool, results } = runOf(sampleCheck);
    for (const result of results) expect(tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
  });

  test('has the shape code scanning takes, with hostile names too', () => {
    const run = runOf(checkReportOf([hostileRow, ...sampleCheck.findings]), { controls: [], prefix: 'infra/live' });
    const uris = run.results.map((result) => result.locations[0]?.physicalLocation.artifactLocation.uri);
    expect(uris).toContain('infra/live/dir%20with%20space/%C3%BCn%C3%AF/100%25/a%60b%7Cc.yaml');
    expect(uris.every((uri) => uri?.startsWith('infra/live/'))).toBe(true);
  });

  test('what could not be told is a warning of its own, and the run was no success', () => {
    const { results, invocations } = runOf(sampleCheck);
    const own = results.filter((result) => result.ruleId.startsWith('could-not-'));
    expect(own.map((result) => result.level)).toEqual(['warning', 'warning', 'warning', 'warning']);
    expect(invocations[0]?.executionSuccessful).toBe(false);
    expect(invocations[0]?.toolExecutionNotifications.map((note) => note.descriptor.id)).toEqual(
      expect.arrayContaining(['undecided', 'unread', 'ignored']),
    );
  });

  test('what could not be read is one result with what it leaves open, and not one more for each control', () => {
    const { results, invocations } = runOf(leftOpenReport());
    expect(results.map(({ ruleId }) => ruleId)).toEqual(['could-not-read', 'could-not-tell']);
    expect(results[0]?.message.text).toMatch(/Install helm 3\.14 or newer\. Until then 3 controls cannot be told\.$/);
    expect(results[0]?.properties).toHaveProperty('leavesOpen', ['pod-security', 'health-probes', 'disruption-budget']);
    expect(invocations[0]).toMatchObject({ executionSuccessful: false });
    expect(invocations[0]?.toolExecutionNotifications).toHaveLength(2);
  });

  test('a sibling keeps its fingerprint when another one is mended: a dismissal must not move to it', () => {
    const [one, two] = ['service/worker-1', 'service/worker-2'].map((subject) => ({ ...failure, subject }));
    const print = printsOf(checkReportOf([one ?? failure, two ?? failure], { unread: [] }))[1];
    expect(printsOf(checkReportOf([two ?? failure], { unread: [] }))).toEqual([print]);
  });

  test('an empty report is no success; a proven one is', () => {
    for (const [report, why] of untold) {
      const { invocations, results } = runOf(report);
      expect(invocations[0]).toMatchObject({
        executionSuccessful: false,
        toolExecutionNotifications: [{ level: 'error', descriptor: { id: 'nothing-judged' } }],
      });
      expect(results.map(({ ruleId, level, message }) => `${level} ${ruleId}: ${message.text}`)).toEqual([
        expect.stringContaining(`error could-not-tell: ${why}`),
      ]);
    }
    const clean = runOf(checkReportOf([pass], { unread: [] }));
    expect(clean.invocations[0]?.executionSuccessful).toBe(true);
    expect(clean.results).toEqual([]);
  });

  test('passes, ignored and baselined rows are no results: code scanning would open an alert for each', () => {
    const rows = [pass, { ...failure, ignored: { reason: 'r', until: '2026-12-01' } }, { ...failure, known: true }];
    const run = runOf(checkReportOf(rows, { unread: [] }));
    expect(run.results).toEqual([]);
    expect(run.properties).toMatchObject({ ignored: 1, known: 1, proven: 1 });
  });

  test('a fingerprint survives a moved line and a changed number, and tells twins apart', () => {
    const moved = { ...failure, message: 'plain', location: { path: 'a.yaml', line: 3, column: 1 } };
    const before = printsOf(checkReportOf([moved, { ...moved, message: 'allows 2 of 3' }]));
    const after = printsOf(
      checkReportOf([
        { ...moved, location: { path: 'a.yaml', line: 90, column: 7 } },
        { ...moved, message: 'allows 4 of 5', location: { path: 'a.yaml', line: 1, column: 1 } },
      ]),
    );
    expect([...before].sort()).toEqual([...after].sort());
    expect(new Set(printsOf(checkReportOf([moved, moved, moved]))).size).toBe(5);
    expect(printsOf(checkReportOf([{ ...moved, subject: 'service/other' }]))[0]).not.toBe(
      printsOf(checkReportOf([moved]))[0],
    );
  });

  test('a finding without a place is shown in the spec, and says that it has none', () => {
    const { location: _location, ...nowhere } = failure;
    const [result] = runOf(checkReportOf([nowhere])).results;
    expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('launchgate.yaml');
    const [named] = runOf(checkReportOf([nowhere]), { ...sampleContext, unplaced: 'deploy/platform.yaml' }).results;
    expect(named?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('deploy/platform.yaml');
    expect(result?.properties).toMatchObject({ located: false });
  });

  test('a counter-example becomes a flow that code scanning walks through', () => {
    const flow = runOf(sampleCheck).results[0]?.codeFlows?.[0]?.threadFlows[0]?.locations;
    expect(flow?.map(({ location }) => location.message?.text)).toEqual([
      'node-a is drained; terminal-gateway-0 is to be evicted: 2 of 2 ready, 0 disruptions allowed',
      'the API server refuses the eviction with 429: 2 of 2 ready, 0 disruptions allowed',
      'the drain retries until it times out: node-a is cordoned and never empty',
    ]);
  });

  test('a long message is cut at a word', () => {
    const [result] = runOf(checkReportOf([{ ...failure, message: 'word '.repeat(900) }])).results;
    expect(result?.message.text).toMatch(/word …$/);
  });

  test('keeps the gravest 5,000 results and says how many it left out', () => {
    const rows = Array.from({ length: 6000 }, (_, index): CheckRow => ({
      ...failure,
      subject: `service/s${index}`,
      severity: index < 1000 ? 'low' : 'critical',
    }));
    const run = runOf(checkReportOf(rows, { unread: [] }));
    expect(run.results).toHaveLength(5000);
    expect(run.results.every((result) => result.level === 'error')).toBe(true);
    expect(run.invocations[0]?.toolExecutionNotifications.at(-1)?.message.text).toMatch(/^1000 results left out/);
  });

  test.each([
    [20_000, 300, false],
    [5000, 10, false],
  ])('fits an upload of %i bytes by giving up steps first, then the least grave results', (limit, least, flows) => {
    const rows = Array.from({ length: 400 }, (_, index): CheckRow => ({
      ...failure,
      subject: `service/s${index}`,
      counterExample: Array.from({ length: 5 }, (_step, step) => ({ action: sha256(`${index} ${step}`), state: '' })),
    }));
    const text = renderCheckSarif(checkReportOf(rows), sampleContext, limit);
    expect(gzipSync(text).length).toBeLessThanOrEqual(limit);
    const results = sarifShape.parse(JSON.parse(text)).runs[0]?.results ?? [];
    expect(results.length).toBeGreaterThanOrEqual(least);
    expect(results.some((result) => result.codeFlows !== undefined)).toBe(flows);
  });

  test('an analysis of one folder never takes the place of one of another', () => {
    const categoryIn = (prefix: string): string =>
      runOf(sampleCheck, { ...sampleContext, prefix }).automationDetails.id;
    expect(categoryIn('')).toBe('launchgate/production/');
    expect(categoryIn('services/a b')).toBe('launchgate/production/services/a%20b/');
  });
});
