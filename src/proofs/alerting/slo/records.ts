import { labelsOf, selectorOf } from './labels.ts';
import { literal, windowName } from './numbers.ts';
import type { Ratio } from './ratio.ts';
import { budgetOf } from './tiers.ts';
import type { Rule, Slo, Tier } from './types.ts';

const DAY = 86_400;

export function sliRecords(slo: Slo, tiers: readonly Tier[], ratio: Ratio): Rule[] {
  const windows = [...new Set(tiers.flatMap(({ short, long }) => [short, long]))].sort((a, b) => a - b);
  const shortest = shortestOf(tiers);
  const labels = labelsOf(slo);
  const record = (window: number, expr: string): Rule => ({
    record: `slo:sli_error:ratio_rate${windowName(window)}`,
    expr,
    labels: { ...labels, sloth_window: windowName(window) },
  });
  const slices: Rule[] =
    ratio.slice === undefined ? [] : [{ record: 'slo:sli_slice:ratio', expr: ratio.slice, labels }];
  const period = windows.includes(slo.period)
    ? []
    : [
        record(
          slo.period,
          `avg_over_time(slo:sli_error:ratio_rate${windowName(shortest)}{${selectorOf(slo)}}[${windowName(slo.period)}])`,
        ),
      ];
  return [...slices, ...windows.map((window) => record(window, ratio.error(window))), ...period];
}

export function metaRecords(slo: Slo, tiers: readonly Tier[]): Rule[] {
  const labels = labelsOf(slo);
  const selector = selectorOf(slo);
  const by = '/ on (sloth_id, sloth_slo, sloth_service, slo_period) group_left ()';
  const burn = (ratio: string): string => `${ratio}{${selector}}\n${by}\nslo:error_budget:ratio{${selector}}`;
  const shortest = windowName(shortestOf(tiers));
  const record = (name: string, expr: string): Rule => ({ record: name, expr, labels });
  return [
    record('slo:objective:ratio', `vector(${literal(slo.objective / 100)})`),
    record('slo:error_budget:ratio', `vector(${literal(budgetOf(slo.objective))})`),
    record('slo:time_period:days', `vector(${literal(slo.period / DAY)})`),
    record('slo:current_burn_rate:ratio', burn(`slo:sli_error:ratio_rate${shortest}`)),
    record('slo:period_burn_rate:ratio', burn(`slo:sli_error:ratio_rate${windowName(slo.period)}`)),
    record('slo:period_error_budget_remaining:ratio', `1 - slo:period_burn_rate:ratio{${selector}}`),
  ];
}

/** The shortest window of all, in seconds: what the period is averaged from. */
export function shortestOf(tiers: readonly Tier[]): number {
  return Math.min(...tiers.map(({ short }) => short));
}
