import { formatDuration } from '../../../model/duration.ts';
import { alertName, labelsOf, selectorOf } from './labels.ts';
import { literal, windowName } from './numbers.ts';
import type { Ratio } from './ratio.ts';
import { shortestOf } from './records.ts';
import { budgetOf } from './tiers.ts';
import type { Rule, Slo, Tier } from './types.ts';

/** How a company calls its severities, and where runbooks lie. */
export interface RuleOptions {
  /** Values of the label `severity`. */
  readonly page: string;
  readonly ticket: string;
  /** The label that carries them. Default: `severity`. */
  readonly severityLabel?: string;
  /** The address of the runbook of an alert. */
  readonly runbook?: (slo: Slo, alert: string) => string | undefined;
  /** How long data must be missing before its absence alerts, in seconds. */
  readonly absentFor?: number;
}

const ABSENT_FOR = 900;

export function burnAlerts(slo: Slo, tiers: readonly Tier[], ratio: Ratio, options: RuleOptions): Rule[] {
  return (['page', 'ticket'] as const).map((severity): Rule => {
    const own = tiers.filter(({ name }) => name.startsWith(severity));
    const alert = alertName(slo, severity === 'page' ? 'BurnPage' : 'BurnTicket');
    const pace = own.map(({ factor, long }) => `${literal(factor)} times over ${windowName(long)}`).join(' or ');
    return {
      alert,
      expr: own.map((tier) => `(\n${tierExpr(slo, tier, ratio)}\n)`).join('\nor\n'),
      labels: alertLabels(slo, severity, options),
      annotations: annotationsOf(slo, alert, options, {
        summary: `${slo.name} of ${slo.service} burns its error budget of ${formatDuration(slo.period)} too fast`,
        description: `The error ratio is above ${pace} the pace that spends the budget of ${literal(budgetOf(slo.objective) * 100)} % in ${formatDuration(slo.period)}.`,
      }),
    };
  });
}

/** Both windows above the threshold. The label that names the window is taken off, or the two would never match. */
function tierExpr(slo: Slo, { long, short, factor, name }: Tier, ratio: Ratio): string {
  const budget = literal(budgetOf(slo.objective));
  const above = (window: number): string =>
    `  max without (sloth_window) (slo:sli_error:ratio_rate${windowName(window)}{${selectorOf(slo)}} > (${literal(factor)} * ${budget}))`;
  const guard =
    slo.minBadEvents === undefined || ratio.badEvents === undefined || !name.startsWith('page')
      ? ''
      : `\n  and on ()\n  ((${ratio.badEvents(long)}) > ${literal(slo.minBadEvents - 0.5)})`;
  return `${above(long)}\n  and\n${above(short)}${guard}`;
}

/**
 * Fires when what is measured is not there: the service is gone, renamed or not scraped. A service without traffic has its counters
 * still, and does not fire.
 */
export function absentAlert(slo: Slo, tiers: readonly Tier[], ratio: Ratio, options: RuleOptions): Rule {
  const alert = alertName(slo, 'Absent');
  const absentFor = options.absentFor ?? ABSENT_FOR;
  return {
    alert,
    expr: `absent(${ratio.present(shortestOf(tiers))})`,
    for: windowName(absentFor),
    labels: { ...labelsOf(slo), ...alertLabels(slo, 'page', options) },
    annotations: annotationsOf(slo, alert, options, {
      summary: `${slo.name} of ${slo.service} has had no data for ${windowName(absentFor)}`,
      description: 'Nothing that it is measured by is scraped, so nothing would page if its budget burned.',
    }),
  };
}

function alertLabels(
  slo: Slo,
  severity: 'page' | 'ticket',
  { page, ticket, severityLabel = 'severity' }: RuleOptions,
): Record<string, string> {
  return { ...slo.labels, [severityLabel]: severity === 'page' ? page : ticket, sloth_severity: severity };
}

function annotationsOf(
  slo: Slo,
  alert: string,
  { runbook }: RuleOptions,
  texts: Record<string, string>,
): Record<string, string> {
  const address = runbook?.(slo, alert);
  return { ...texts, ...(address === undefined ? {} : { runbook_url: address }), ...slo.annotations };
}
