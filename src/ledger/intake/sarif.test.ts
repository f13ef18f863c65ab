import { describe, expect, it } from 'vitest';
import { sha256 } from '../../model/digest.ts';
import { INTAKE_LIMITS } from './report.ts';
import { readSarif } from './sarif.ts';
import { COMMIT, configured, log, read, RULES } from './sarif.testkit.ts';

describe('a SARIF log', () => {
  it('is reduced to its findings, worst first, with where they are', () => {
    const bytes = log([
      { ruleId: 'R3', message: { text: 'third' } },
      {
        ruleId: 'R1',
        message: { id: 'default' },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a.ts' }, region: { startLine: 7 } } }],
      },
    ]);
    expect(read(bytes)).toEqual({
      format: 'sarif',
      tool: { name: 'scanner', version: '1.2.3' },
      report: sha256(bytes),
      rules: ['R1', 'R2', 'R3'].map((id) => sha256(id).slice(7, 23)).sort(),
      scanned: [],
      scope: 3,
      counts: { critical: 1, high: 0, medium: 1, low: 0 },
      items: [
        { id: 'R1', severity: 'critical', message: 'said by the rule', location: 'src/a.ts:7' },
        { id: 'R3', severity: 'medium', message: 'third' },
      ],
      commits: [],
    });
  });

  it('counts no rule that every invocation switched off, and each that one of them switched on', () => {
    expect(configured([], { enabled: false }).scope).toBe(2);
    expect(configured([], { enabled: false }, {}).scope).toBe(3);
    const off = [{ id: 'R3', defaultConfiguration: { enabled: false } }];
    const invocations = [
      { ruleConfigurationOverrides: [{ configuration: { enabled: true }, descriptor: { id: 'R3' } }] },
    ];
    expect(read(log([], { invocations }, { rules: off })).scope).toBe(1);
    expect(read(log([], {}, { rules: off })).scope).toBe(0);
  });

  it('takes a rule by its index from the component that the result names', () => {
    const tool = {
      driver: { name: 'a', rules: [{ id: 'A', defaultConfiguration: { level: 'note' } }] },
      extensions: [{ name: 'b', rules: [{ id: 'A', properties: { 'security-severity': '9' } }] }],
    };
    const by = (rule: unknown) => read(log([{ rule }], { tool })).items[0]?.severity;
    expect(by({ index: 0, toolComponent: { index: 0 } })).toBe('critical');
    expect(by({ index: 0, toolComponent: { name: 'b' } })).toBe('critical');
    expect(by({ id: 'A', toolComponent: { index: 0 } })).toBe('critical');
    expect(by({ index: 0 })).toBe('low');
    expect(by({ id: 'A' })).toBe('low');
  });

  it.each([
    [
      'an error while it ran',
      { invocations: [{ toolExecutionNotifications: [{ level: 'error', message: { text: 'out of memory' } }] }] },
      'scanner says that it met an error: out of memory',
    ],
    [
      'an error in its configuration',
      { invocations: [{ toolConfigurationNotifications: [{ level: 'error' }] }] },
      'scanner says that it met an error',
    ],
    [
      'results in another file',
      { externalPropertyFileReferences: { results: [{ location: { uri: 'r.json' } }] } },
      'scanner keeps its results in another file',
    ],
    ['a failure', { invocations: [{ executionSuccessful: false }] }, 'scanner says that it failed'],
  ])('is not whole after %s, and says so', (_, run, reason) => {
    const report = read(log([], run));
    expect(report.scope).toBe(0);
    expect(report.incomplete).toContain(reason);
  });

  it('is whole with notes and warnings of its tool, and says nothing of taxonomies and ranks', () => {
    const invocations = [{ executionSuccessful: true, toolExecutionNotifications: [{ level: 'warning' }, {}] }];
    const taxonomies = [{ name: 'CWE', taxa: [{ id: '79', defaultConfiguration: { level: 'error' } }] }];
    const report = read(log([{ ruleId: 'R3', rank: 100, taxa: [{ id: '79' }] }], { invocations, taxonomies }));
    expect(report).toMatchObject({ scope: 3, counts: { high: 0, medium: 1 } });
    expect(report.incomplete).toBeUndefined();
  });

  it('finds rules in extensions too', () => {
    const bytes = log([{ ruleId: 'X' }], {
      tool: {
        driver: { name: 'a' },
        extensions: [{ name: 'b', rules: [{ id: 'X', properties: { 'security-severity': '9' } }] }],
      },
    });
    expect(read(bytes)).toMatchObject({ scope: 1, counts: { critical: 1 } });
  });

  it.each(['pass', 'notApplicable', 'informational'])('counts no result of kind %s', (kind) => {
    expect(read(log([{ ruleId: 'R1', kind }])).counts.critical).toBe(0);
  });

  it('counts no result that is gone since the baseline', () => {
    expect(read(log([{ ruleId: 'R1', baselineState: 'absent' }])).items).toEqual([]);
    expect(read(log([{ ruleId: 'R1', baselineState: 'unchanged' }])).counts.critical).toBe(1);
  });

  it('lists suppressed results apart, with the reason, and does not count them', () => {
    const bytes = log([{ ruleId: 'R1', suppressions: [{ kind: 'inSource', justification: 'not reachable' }] }]);
    expect(read(bytes)).toMatchObject({
      counts: { critical: 0 },
      items: [],
      suppressed: [{ id: 'R1', because: 'not reachable' }],
    });
  });

  it.each([[], [{ kind: 'external', status: 'underReview' }], [{ status: 'accepted' }, { status: 'rejected' }]])(
    'counts results whose suppression does not hold: %j',
    (...suppressions) => {
      expect(read(log([{ ruleId: 'R1', suppressions }])).counts.critical).toBe(1);
    },
  );

  it('tells a clean scan from none', () => {
    expect(read(log([]))).toMatchObject({ scope: 3, items: [] });
    expect(read(log(undefined)).scope).toBe(0);
    expect(read(log(null)).scope).toBe(0);
    expect(read(log([], {}, { rules: [] })).scope).toBe(0);
    expect(read(log([], { invocations: [{ executionSuccessful: false }] })).scope).toBe(0);
    expect(read(Buffer.from('{"version":"2.1.0","runs":[]}')).scope).toBe(0);
  });

  it('tells nothing where one of its runs failed or came to no results', () => {
    const runs = (other: unknown) => {
      const [good] = JSON.parse(log([]).toString()).runs;
      return Buffer.from(JSON.stringify({ version: '2.1.0', runs: [good, other] }));
    };
    const tool = { driver: { name: 'scanner', rules: RULES } };
    expect(read(runs({ tool, results: [] })).scope).toBe(6);
    expect(read(runs({ tool, results: [], invocations: [{ executionSuccessful: false }] })).scope).toBe(0);
    expect(read(runs({ tool })).scope).toBe(0);
  });

  it('counts no rule that is switched off, and is about nothing that no rule was applied to', () => {
    const off = RULES.map((rule) => ({ ...rule, defaultConfiguration: { enabled: false } }));
    expect(read(log([], {}, { rules: off })).scope).toBe(0);
    expect(read(log([{ ruleId: 'R1' }], {}, { rules: off })).scope).toBe(1);
    const [good] = JSON.parse(log([], { versionControlProvenance: [{ revisionId: COMMIT }] }).toString()).runs;
    const idle = {
      tool: { driver: { name: 'idle' } },
      results: [],
      properties: { repoDigests: [`registry.example/app@sha256:${'d'.repeat(64)}`] },
    };
    const both = Buffer.from(JSON.stringify({ version: '2.1.0', runs: [good, idle] }));
    expect(read(both)).toMatchObject({ scope: 3, commits: [COMMIT], scanned: [] });
  });

  it('has no scope where results stand beside the runs they are of', () => {
    const whole = JSON.parse(log([]).toString());
    const beside = (properties: object) =>
      read(Buffer.from(JSON.stringify({ ...whole, inlineExternalProperties: [properties] })));
    expect(beside({ results: [{ ruleId: 'R1' }] })).toMatchObject({
      scope: 0,
      incomplete: 'it keeps results in inlineExternalProperties, which is not read',
    });
    expect(beside({ artifacts: [] }).scope).toBe(3);
  });

  it('is bound to what it says was scanned', () => {
    const hex = 'b'.repeat(64);
    const report = read(
      log([], {
        versionControlProvenance: [{ revisionId: COMMIT }, { revisionId: 'main' }],
        artifacts: [
          { roles: ['analysisTarget'], hashes: { 'sha-256': hex.toUpperCase() } },
          { roles: ['resultFile'], hashes: { 'sha-256': 'c'.repeat(64) } },
        ],
        properties: { repoDigests: [`registry.example/app@sha256:${'d'.repeat(64)}`] },
      }),
    );
    expect(report.commits).toEqual([COMMIT]);
    expect(report.scanned).toEqual([`sha256:${hex}`, `sha256:${'d'.repeat(64)}`]);
  });

  it('is as old as it says', () => {
    const invocations = [
      { endTimeUtc: '2025-02-02T00:00:00Z' },
      { startTimeUtc: '2025-01-01T00:00:00Z', endTimeUtc: '2025-01-01T00:10:00.5Z' },
    ];
    expect(read(log([], { invocations }))).toMatchObject({
      startedAt: '2025-01-01T00:00:00.000Z',
      finishedAt: '2025-01-01T00:10:00.500Z',
    });
  });

  it('is as old as its start where it does not say when it ended', () => {
    const invocations = [{ startTimeUtc: '2025-01-01T00:00:00Z' }];
    expect(read(log([], { invocations })).finishedAt).toBe('2025-01-01T00:00:00.000Z');
  });

  it('with a byte-order mark is read', () => {
    expect(read(Buffer.concat([Buffer.from('\uFEFF'), log([])])).scope).toBe(3);
  });

  it('lists no more than a statement has room for, however long its words are', () => {
    const long = 'ж'.repeat(480);
    const bytes = log(Array.from({ length: 5000 }, (_, at) => ({ ruleId: `${at}${long}`, message: { text: long } })));
    const { items, counts } = read(bytes);
    expect(counts.medium).toBe(5000);
    expect(items.length).toBeGreaterThan(1000);
    expect(Buffer.byteLength(JSON.stringify(items))).toBeLessThan(4 * 1024 * 1024);
  });

  it('counts all findings and lists as many as fit', () => {
    const bytes = log(Array.from({ length: 20 }, (_, n) => ({ ruleId: n === 19 ? 'R1' : 'R3' })));
    const report = readSarif(bytes, 'x', { ...INTAKE_LIMITS, listed: 5 });
    expect(report.counts).toEqual({ critical: 1, high: 0, medium: 19, low: 0 });
    expect(report.items).toHaveLength(5);
    expect(report.items[0]?.severity).toBe('critical');
  });

  it.each([
    ['no JSON', Buffer.from('<xml/>'), 'not JSON'],
    ['another version', Buffer.from('{"version":"2.0.0","runs":[]}'), 'version'],
    ['no runs', Buffer.from('{"version":"2.1.0"}'), 'runs'],
    [
      'a tool without a name',
      Buffer.from('{"version":"2.1.0","runs":[{"tool":{"driver":{}}}]}'),
      'runs.0.tool.driver.name',
    ],
    ['an unknown level', log([{ level: 'fatal' }]), 'runs.0.results.0.level'],
    ['deep nesting', Buffer.from(`{"version":"2.1.0","runs":${'['.repeat(200)}${']'.repeat(200)}}`), 'nested'],
    ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0xff), 'UTF-8'],
  ])('with %s is refused', (_, bytes, reason) => {
    expect(() => read(bytes)).toThrow(new RegExp(`^x.sarif: not a SARIF 2.1.0 report: .*${reason}`));
  });

  it('that is too large is refused', () => {
    expect(() => readSarif(log([]), 'x', { ...INTAKE_LIMITS, bytes: 10 })).toThrow('more than 10');
    expect(() => readSarif(log([{}, {}]), 'x', { ...INTAKE_LIMITS, entries: 1 })).toThrow('more than 1 results');
  });
});
