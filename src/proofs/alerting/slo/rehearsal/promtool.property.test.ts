import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needs } from '../../../../../test/need.ts';
import { generateRules } from '../generate.testkit.ts';
import { rulesOf, type SloRules } from '../generate.ts';
import type { Sli, Slo } from '../types.ts';
import { rehearse } from './rehearse.ts';

const DAY = 86_400;
const NAMES = { page: 'P1', ticket: 'P3', runbook: (_: Slo, alert: string) => `docs/runbooks/${alert}.md` };

const SLIS: readonly Sli[] = [
  {
    kind: 'events',
    bad: 'sum(rate(http_requests_total{service="api",route!~"/(livez|readyz)",status=~"5.."}[5m]))',
    total: 'sum(rate(http_requests_total{service="api",route!~"/(livez|readyz)"}[5m]))',
  },
  {
    kind: 'events',
    good: 'sum(rate(http_request_duration_seconds_bucket{service="api",le="0.5"}[5m]))',
    total: 'sum(rate(http_request_duration_seconds_count{service="api"}[5m]))',
  },
  {
    kind: 'events',
    bad: 'sum(rate(opens_total{result="error"}[5m])) + sum(rate(closes_total{reason="abrupt"}[5m]))',
    total: 'sum(rate(opens_total[5m]))',
  },
  {
    kind: 'events',
    good: 'sum(increase(events_total{result!="error"}[5m]))',
    total: 'sum(increase(events_total[5m]))',
  },
  { kind: 'events', bad: 'jobs_total{state=~"failed|lost"}', total: 'jobs_total' },
];

const anySlo = fc.record({
  name: fc.constantFrom('availability', 'api-latency'),
  service: fc.constantFrom('api', 'worker'),
  objective: fc.oneof(
    fc.constantFrom(99.9, 99.5, 99, 95, 90, 50),
    fc.double({ min: 10, max: 99.99, noNaN: true }).map((value) => Number(value.toFixed(2))),
  ),
  period: fc.constantFrom(7, 14, 28, 30, 90).map((days) => days * DAY),
  sli: fc.constantFrom(...SLIS),
  labels: fc.constantFrom({}, { team: 'shop' }),
});

/** What promtool says of the rules and of their tests; empty when it is content. */
function rehearsed(written: SloRules): string {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-slo-'));
  try {
    const tests = rehearse(written, 'rules.json');
    if ('reason' in tests) return tests.reason;
    writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups: written.groups }));
    const files = tests.map(({ name, content }) => {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(content));
      return `${name}.json`;
    });
    const checked = promtool(folder, ['check', 'rules', 'rules.json']);
    return checked === '' ? promtool(folder, ['test', 'rules', ...files]) : checked;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function promtool(cwd: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('promtool', [...args], { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

function written(slo: Slo): SloRules {
  const rules = rulesOf(slo, NAMES);
  if ('because' in rules) throw new Error(rules.because);
  return rules;
}

describe.runIf(needs('promtool'))('with promtool', () => {
  const CASES: readonly (readonly [objective: number, days: number, sli: number])[] = [
    [99.9, 30, 0],
    [99, 28, 1],
    [90, 30, 2],
    [99.5, 7, 3],
  ];
  it.each(CASES)(
    'every tier fires when predicted, noise and gaps do not, absence does: objective %d, %d days, SLI %d',
    (objective, days, index) => {
      const sli = SLIS[index] as Sli;
      expect(rehearsed(written({ name: 'availability', service: 'api', objective, period: days * DAY, sli }))).toBe('');
    },
    60_000,
  );

  it('likewise for any objective, period and way of counting', () => {
    fc.assert(
      fc.property(anySlo, (slo) => {
        expect(rehearsed(written(slo))).toBe('');
      }),
      { numRuns: 2, seed: 3 },
    );
  }, 120_000);

  it('a guard against single errors holds them back, and no more', () => {
    const slo: Slo = { name: 'availability', service: 'api', objective: 99.9, period: 30 * DAY, sli: SLIS[0] as Sli };
    expect(rehearsed(written({ ...slo, minBadEvents: 3 }))).toBe('');
  }, 60_000);

  it('accepts what is generated for every kind of SLI', () => {
    const kinds: Sli[] = [
      ...SLIS,
      { kind: 'ratio', error: 'sum(rate(e[{{.window}}])) / sum(rate(t[{{.window}}]))' },
      { kind: 'native-histogram', selector: 'latency{service="api"}', threshold: 0.5 },
      { kind: 'measure', value: 'time() - max(last_run)', badWhen: '>', bound: 900 },
      { kind: 'slices', of: SLIS[0] as Sli & { kind: 'events' }, slice: 60, most: 0.05 },
      { kind: 'slices', of: SLIS[1] as Sli & { kind: 'events' }, slice: 60 },
    ];
    const slos = kinds.flatMap((sli, index) =>
      [7, 30].map((days): Slo => ({ name: `slo-${index}`, service: 'api', objective: 99.5, period: days * DAY, sli })),
    );
    const { groups, refused } = generateRules(slos, NAMES);
    const folder = mkdtempSync(join(tmpdir(), 'launchgate-slo-'));
    try {
      writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups }));
      expect([refused, promtool(folder, ['check', 'rules', 'rules.json'])]).toEqual([[], '']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
