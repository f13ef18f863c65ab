/**
 * The rules that Pyrra's controller makes of a ServiceLevelObjective in the cluster, where nobody sees them in the repository (pyrra
 * `slo/rules.go`: `Burnrates` and `IncreaseRules`; the records that only its own pages read are left out).
 */
import { isMapping, type Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import { parse, print, type Matcher, type Selector } from '../../promql/index.ts';
import type { AlertRule, RuleText } from '../../rules.ts';
import { exact, literal, windowName } from '../numbers.ts';
import type { Slo } from '../types.ts';
import { over, windowed } from '../window.ts';

/** Seconds for a period of 28 days; windows and waits grow with the period. */
const WINDOWS = [
  { own: 'fastBurn', severity: 'critical', hold: 120, long: 3600, short: 300, factor: 14 },
  { own: 'mediumBurn', severity: 'critical', hold: 900, long: 21_600, short: 1800, factor: 7 },
  { own: 'slowBurn', severity: 'warning', hold: 3600, long: 86_400, short: 7200, factor: 2 },
  { own: 'longTermBurn', severity: 'warning', hold: 10_800, long: 345_600, short: 21_600, factor: 1 },
] as const;

const PERIOD = 28 * 86_400;

/** Labels and annotations of the object with this prefix are those of its rules, without it. */
const PASSED_ON = 'pyrra.dev/';

export interface PyrraRules {
  readonly records: readonly RuleText[];
  readonly alerts: readonly (AlertRule & { readonly for: string })[];
}

/** The rules, or why there are none: Pyrra makes windows of whole minutes, and of those of a short period nothing is left. */
export function pyrraRules(object: KubeObject, slo: Slo): PyrraRules | { readonly because: string } {
  const indicator = indicatorOf(cursor(object).get('spec', 'indicator'));
  const [total] = indicator?.metrics ?? [];
  if (indicator === undefined || total === undefined) return { because: 'its metrics have no names' };
  if (scaled(WINDOWS[0].short, slo) === 0)
    return { because: `its period of ${windowName(slo.period)} leaves a window of 0s, which Prometheus refuses` };
  const about: About = { object, slo, total, ...indicator };
  const windows = [...new Set(WINDOWS.flatMap(({ short, long }) => [scaled(short, slo), scaled(long, slo)]))];
  return {
    records: windows
      .sort((a, b) => a - b)
      .map((window) => ({
        kind: 'record',
        name: recordName(total, window),
        expr: errorOver(slo, window),
        labels: labelsFor(about),
        origin: object.origin,
      })),
    alerts: alertsFor(about),
  };
}

interface Indicator {
  /** The total first; each that is told of when it is absent. */
  readonly metrics: readonly Selector[];
  readonly tellsOfAbsence: boolean;
  readonly grouping: readonly string[];
}

interface About extends Indicator {
  readonly object: KubeObject;
  readonly slo: Slo;
  readonly total: Selector;
}

function indicatorOf(at: Cursor): Indicator | undefined {
  const [kind, keys] = (
    [
      ['ratio', ['total', 'errors']],
      ['latency', ['total', 'success']],
      ['latencyNative', ['total']],
      ['bool_gauge', []],
    ] as const
  ).find(([name]) => at.get(name).exists) ?? [undefined, []];
  if (kind === undefined) return undefined;
  const own = at.get(kind);
  const places = keys.length === 0 ? [own] : keys.map((key) => own.get(key));
  const metrics = places.map((place) => selectorOf(place.get('metric').string() ?? ''));
  if (!metrics.every((one) => one !== undefined)) return undefined;
  return { metrics, tellsOfAbsence: kind !== 'latencyNative', grouping: own.get('grouping').strings() };
}

function selectorOf(text: string): Selector | undefined {
  const parsed = parse(text);
  return parsed.ok && parsed.expr.kind === 'selector' && parsed.expr.name !== undefined ? parsed.expr : undefined;
}

/** Whole minutes. */
function scaled(seconds: number, { period }: Slo): number {
  return Math.round((seconds * period) / PERIOD / 60) * 60;
}

function recordName({ name = '' }: Selector, window: number): string {
  return `${name.replace(/_total$/, '').replace(/_count$/, '')}:burnrate${windowName(window)}`;
}

function errorOver({ sli }: Slo, window: number): string {
  const text = (expr: string): string => {
    const read = windowed(expr);
    return 'reason' in read ? expr : over(read, window);
  };
  if (sli.kind === 'native-histogram')
    return `1 - histogram_fraction(0, ${literal(sli.threshold)}, sum(rate(${sli.selector}[${windowName(window)}])))`;
  if (sli.kind !== 'events') return '';
  const total = text(sli.total);
  return sli.bad === undefined ? `(${total} - ${text(sli.good ?? '')}) / ${total}` : `${text(sli.bad)} / ${total}`;
}

/** What the object passes on, and what the total is narrowed to, unless it is grouped by that. */
function labelsFor({ object, total, grouping }: About): Record<string, string> {
  const narrowed = total.matchers.filter(({ op, label }) => op === '=' && !grouping.includes(label));
  return {
    slo: object.name,
    ...passedOn(object.labels),
    ...Object.fromEntries(narrowed.map(({ label, value }) => [label, value])),
  };
}

function passedOn(entries: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([key, value]) =>
      key.startsWith(PASSED_ON) && typeof value === 'string' ? [[key.slice(PASSED_ON.length), value]] : [],
    ),
  );
}

function alertsFor(about: About): PyrraRules['alerts'] {
  const { object, slo, total } = about;
  const alerting = cursor(object).get('spec', 'alerting');
  const isOn = (key: string): boolean => alerting.get(key).boolean() !== false;
  const severities = alerting.get('severities');
  const annotations: unknown = cursor(object).get('metadata', 'annotations').value;
  const base = {
    annotations: passedOn(isMapping(annotations) ? annotations : {}),
    ...(object.namespace !== undefined && { namespace: object.namespace }),
    origin: alerting.exists ? alerting.origin : object.origin,
  };
  const own = labelsFor(about);
  const target = literal(exact(slo.objective / 100));
  const selector = `{${[...kept(about).map(printed), `slo=${JSON.stringify(object.name)}`].sort().join(',')}}`;
  const burning = WINDOWS.map(({ own: key, severity, hold, long, short, factor }) => ({
    ...base,
    name: alerting.get('name').string() || 'ErrorBudgetBurn',
    expr: [short, long]
      .map((window) => `${recordName(total, scaled(window, slo))}${selector} > (${factor} * (1-${target}))`)
      .join(' and '),
    for: windowName(scaled(hold, slo)) || '0s',
    labels: {
      ...own,
      short: windowName(scaled(short, slo)),
      long: windowName(scaled(long, slo)),
      severity: severities.get(key).string() || severity,
      exhaustion: windowName(Math.floor(slo.period / factor)),
    },
  }));
  const absent = about.metrics.map((metric) => ({
    ...base,
    name: alerting.get('absentName').string() || 'SLOMetricAbsent',
    expr: `absent(${print(metric)}) == 1`,
    for: windowName(scaled(WINDOWS[0].hold, slo)) || '0s',
    labels: { ...own, severity: severities.get('absent').string() || 'critical' },
  }));
  const distinct = absent.filter(
    (_, index) => about.metrics.findIndex(({ name }) => name === about.metrics[index]?.name) === index,
  );
  return [
    ...(isOn('burnrates') && alerting.get('disabled').boolean() !== true ? burning : []),
    ...(isOn('absent') && about.tellsOfAbsence ? distinct : []),
  ];
}

/** Patterns narrow no record, unless it is grouped by their label. */
function kept({ total, grouping }: About): Matcher[] {
  return total.matchers.filter(({ op, label }) => op === '=' || op === '!=' || grouping.includes(label));
}

function printed({ label, op, value }: Matcher): string {
  return `${label}${op}${JSON.stringify(value)}`;
}
