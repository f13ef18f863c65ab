import { formatDuration } from '../../../../model/duration.ts';
import { detectionTime } from '../detection.ts';
import type { SloRules } from '../generate.ts';
import { labelsOf, selectorOf } from '../labels.ts';
import { windowName } from '../numbers.ts';
import { budgetOf } from '../tiers.ts';
import type { Rule, Tier } from '../types.ts';
import { counters, trafficOf, type InputSeries, type Stretch, type Traffic } from './traffic.ts';

/** A file for `promtool test rules`. Each has the one interval at which it samples and evaluates. */
export interface RuleTestFile {
  readonly name: string;
  readonly content: {
    readonly rule_files: readonly string[];
    readonly evaluation_interval: string;
    readonly group_eval_order: readonly string[];
    readonly tests: readonly RuleTest[];
  };
}

interface RuleTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly InputSeries[];
  readonly alert_rule_test?: readonly AlertTest[];
  readonly promql_expr_test?: readonly {
    readonly expr: string;
    readonly eval_time: string;
    readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
  }[];
}

interface AlertTest {
  readonly eval_time: string;
  readonly alertname: string;
  readonly exp_alerts: readonly { readonly exp_labels: object; readonly exp_annotations: object }[];
}

type AlertRule = Rule & { readonly alert: string };

/**
 * Tests of the rules of an SLO with the user's own promtool: each tier fires when predicted, what is below every tier alerts nobody, a gap in
 * traffic leaves no NaN, and absence alerts. Promtool holds 10,000 samples a series, so each tier is sampled in steps of its own.
 */
export function rehearse(written: SloRules, ruleFile: string): readonly RuleTestFile[] | { readonly reason: string } {
  const traffic = trafficOf(written.slo.sli);
  if ('reason' in traffic) return traffic;
  const file = (name: string, step: number, tests: readonly RuleTest[]): RuleTestFile => ({
    name,
    content: {
      rule_files: [ruleFile],
      evaluation_interval: formatDuration(step),
      // Otherwise promtool takes the groups in any order, and an alert may miss the records of its own moment.
      group_eval_order: written.groups.map((group) => group.name),
      tests,
    },
  });
  const tiers = written.tiers.flatMap((tier, index) => {
    const errorRatio = ratioFor(tier, written.tiers[index - 1]);
    return errorRatio === undefined
      ? []
      : [file(tier.name, stepOf(tier), [burnTest(written, tier, errorRatio, traffic)])];
  });
  const quickest = written.tiers[0];
  if (quickest === undefined) return tiers;
  const step = stepOf(quickest);
  return [
    ...tiers,
    file('quiet', step, [noiseTest(written, quickest, traffic), gapTest(written, traffic), absenceTest(written)]),
  ];
}

/** A quarter of the short window: a rate needs more than one sample in it. */
function stepOf({ short }: Tier): number {
  return Math.max(15, Math.floor(short / 4 / 15) * 15);
}

/** An error ratio that this tier sees and the ones before it do not; `undefined` where there is none between them. */
function ratioFor({ threshold }: Tier, before: Tier | undefined): number | undefined {
  if (before === undefined) return Math.min(1, threshold * 2);
  return threshold < before.threshold * 0.999 ? Math.sqrt(threshold * before.threshold) : undefined;
}

/** Clean for the longest window of its alert, then bad: not firing two steps before the prediction, firing two after it. */
function burnTest(written: SloRules, tier: Tier, errorRatio: number, traffic: readonly Traffic[]): RuleTest {
  const step = stepOf(tier);
  const severity = tier.name.split('-')[0] ?? '';
  const own = written.tiers.filter(({ name }) => name.startsWith(severity));
  const clean = Math.ceil(Math.max(...own.map(({ long }) => long)) / step) + 1;
  const predicted = Math.min(
    ...own.flatMap((each) => detectionTime(each, errorRatio, { scrape: 0, evaluation: 0 }) ?? []),
  );
  const start = clean * step;
  const at = (steps: number): string =>
    formatDuration(Math.max(0, Math.floor((start + predicted) / step) + steps) * step);
  const alert = alertOf(written, severity === 'page' ? 'BurnPage' : 'BurnTicket');
  const stretches: Stretch[] = [
    { steps: clean, errorRatio: 0 },
    { steps: Math.ceil(predicted / step) + 10, errorRatio },
  ];
  const quiet = severity === 'page' ? [] : [silent(alertOf(written, 'BurnPage'), at(2))];
  return {
    name: `${tier.name}: ${errorRatio} of the events fail from ${formatDuration(start)} on`,
    interval: formatDuration(step),
    input_series: counters(traffic, stretches),
    alert_rule_test: [silent(alert, at(-2)), fires(written, alert, at(2)), ...quiet],
  };
}

/** A spike that is over before it counts, and a burn that the budget allows for. */
function noiseTest(written: SloRules, tier: Tier, traffic: readonly Traffic[]): RuleTest {
  const step = stepOf(tier);
  const window = Math.ceil(tier.long / step);
  const spike = Math.max(1, Math.floor(window / 20));
  const high = Math.min(1, tier.threshold * 5);
  const page = alertOf(written, 'BurnPage');
  const least = Math.min(...written.tiers.map(({ threshold }) => threshold));
  return {
    name: 'a short spike, and a burn that leaves budget over, page nobody',
    interval: formatDuration(step),
    input_series: counters(traffic, [
      { steps: window * 3, errorRatio: least * 0.8 },
      { steps: spike, errorRatio: Math.min(high, (tier.threshold * window) / spike / 4) },
      { steps: window * 2, errorRatio: least * 0.8 },
    ]),
    alert_rule_test: [1, 2, 3, 3.05, 3.2, 4, 5].map((times) =>
      silent(page, formatDuration(Math.floor(times * window) * step)),
    ),
  };
}

function gapTest(written: SloRules, traffic: readonly Traffic[]): RuleTest {
  const minutes = (steps: number): string => formatDuration(steps * 75);
  const selector = selectorOf(written.slo);
  const holds = (
    expr: string,
  ): { expr: string; eval_time: string; exp_samples: { labels: string; value: number }[] } => ({
    expr: `count(${expr})`,
    eval_time: minutes(150),
    exp_samples: [{ labels: '{}', value: 1 }],
  });
  const period = windowName(written.slo.period);
  return {
    name: 'a gap in traffic poisons nothing',
    interval: '75s',
    input_series: counters(traffic, [
      { steps: 60, errorRatio: 0 },
      { steps: 40, errorRatio: 0, events: 0 },
      { steps: 60, errorRatio: 0 },
    ]),
    alert_rule_test: ['BurnPage', 'BurnTicket', 'Absent'].map((what) => silent(alertOf(written, what), minutes(99))),
    promql_expr_test: [
      { expr: `slo:sli_error:ratio_rate5m{${selector}}`, eval_time: minutes(99), exp_samples: [] },
      holds(`slo:sli_error:ratio_rate${period}{${selector}} == 0`),
      holds(`slo:period_error_budget_remaining:ratio{${selector}} == 1`),
      holds(`abs(slo:error_budget:ratio{${selector}} - ${budgetOf(written.slo.objective)}) < 1e-12`),
    ],
  };
}

function absenceTest(written: SloRules): RuleTest {
  const alert = alertOf(written, 'Absent');
  return {
    name: 'total absence alerts',
    interval: '75s',
    input_series: [],
    alert_rule_test: [silent(alert, '10m'), fires(written, alert, '20m')],
  };
}

function alertOf({ groups }: SloRules, what: string): AlertRule {
  const alert = groups
    .flatMap(({ rules }) => rules.filter((rule): rule is AlertRule => 'alert' in rule))
    .find((rule) => rule.alert.endsWith(what));
  if (alert === undefined) throw new Error(`no alert ${what}`);
  return alert;
}

function silent({ alert }: AlertRule, at: string): AlertTest {
  return { eval_time: at, alertname: alert, exp_alerts: [] };
}

function fires({ slo }: SloRules, rule: AlertRule, at: string): AlertTest {
  const own = { ...labelsOf(slo), ...('labels' in rule ? rule.labels : {}) };
  const annotations = 'annotations' in rule ? (rule.annotations ?? {}) : {};
  return { eval_time: at, alertname: rule.alert, exp_alerts: [{ exp_labels: own, exp_annotations: annotations }] };
}
