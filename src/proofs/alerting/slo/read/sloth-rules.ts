import type { RuleText } from '../../rules.ts';
import { literal, windowName } from '../numbers.ts';
import { budgetOf, windowsFor } from '../tiers.ts';
import { TIER_NAMES, type Slo, type TierName } from '../types.ts';
import { over, windowed } from '../window.ts';

/**
 * The rules that Sloth's controller makes of a PrometheusServiceLevel in the cluster, where nobody sees them in the repository
 * (slok/sloth `internal/plugin/slo/core`): no guard against 0/0, no tier left out that can never fire, no alert on absent data.
 */
export function slothRules(slo: Slo): RuleText[] {
  const { origin = { path: '' }, period } = slo;
  const windows = slo.windows ?? windowsFor(period);
  const labels = { sloth_id: `${slo.service}-${slo.name}`, sloth_service: slo.service, sloth_slo: slo.name };
  const selector = Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(', ');
  const record = (window: number, expr: string): RuleText => ({
    kind: 'record',
    name: `slo:sli_error:ratio_rate${windowName(window)}`,
    expr,
    labels: { ...labels, sloth_window: windowName(window) },
    origin,
  });
  const all = [...new Set(TIER_NAMES.flatMap((name) => [windows[name].short, windows[name].long]))].sort(
    (a, b) => a - b,
  );
  const shortest = `slo:sli_error:ratio_rate${windowName(all[0] ?? 300)}{${selector}}[${windowName(period)}]`;
  const above = (name: TierName, window: number): string => {
    const factor = (windows[name].budgetPercent / 100) * (period / windows[name].long);
    return `max without (sloth_window) (slo:sli_error:ratio_rate${windowName(window)}{${selector}} > (${literal(factor)} * ${literal(budgetOf(slo.objective))}))`;
  };
  const tier = (name: TierName): string =>
    `(${above(name, windows[name].short)} and ${above(name, windows[name].long)})`;
  const alert = (severity: 'page' | 'ticket'): RuleText => ({
    kind: 'alert',
    name: `${slo.name} (${severity})`,
    expr: `${tier(`${severity}-quick`)} or ${tier(`${severity}-slow`)}`,
    labels: { sloth_severity: severity },
    origin,
  });
  return [
    ...all.map((window) => record(window, errorOf(slo, window))),
    record(period, `sum_over_time(${shortest}) / ignoring (sloth_window) count_over_time(${shortest})`),
    alert('page'),
    alert('ticket'),
  ];
}

function errorOf({ sli }: Slo, window: number): string {
  const text = (expr: string): string => {
    const read = windowed(expr);
    return 'reason' in read ? expr : over(read, window);
  };
  if (sli.kind === 'events') return `(${text(sli.bad ?? '')}) / (${text(sli.total)})`;
  return sli.kind === 'ratio' ? `(${text(sli.error)})` : '';
}
