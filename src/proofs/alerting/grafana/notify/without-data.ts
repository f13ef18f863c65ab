import { assessRouting, type AlertLabels, type AlertWays, type RoutingConfig } from '../../routing/index.ts';
import type { GrafanaAlert } from '../rules.ts';
import { labelsWithoutData } from './arriving.ts';

export interface SentAlert {
  readonly alert: GrafanaAlert;
  /** As people are told of it. */
  readonly name: string;
  readonly labels: AlertLabels;
}

/**
 * The alerts that Grafana sends where a query has no result or fails, as far as they take another way than the alert itself: they lack the
 * labels of the query, and most often its name. Source: grafana `pkg/services/ngalert/state/compat.go`, `noDataAlert`, `errorAlert`.
 */
export function strayingWithoutData(config: RoutingConfig, alerts: readonly SentAlert[]): SentAlert[] {
  const variants = alerts.flatMap((sent) => variantsOf(sent).map((variant) => ({ sent, variant })));
  const all = [...variants.map(({ sent }) => sent), ...variants.map(({ variant }) => variant)];
  const { alerts: ways } = assessRouting(config, all);
  return variants.flatMap(({ variant }, index) => {
    const own = waysIn(ways[index]);
    const stray = [...waysIn(ways[variants.length + index])].some((way) => !own.has(way));
    return stray ? [variant] : [];
  });
}

function variantsOf({ alert }: SentAlert): SentAlert[] {
  const { onNoData, onError, tellsOfNoData } = alert;
  const called = [...(tellsOfNoData ? [onNoData] : []), ...(onError === undefined ? [] : [onError])];
  return called.map((name) => ({
    alert,
    name: `${alert.name} (${name ?? 'without data'})`,
    labels: labelsWithoutData(alert, name),
  }));
}

function waysIn(alert: AlertWays | undefined): ReadonlySet<string> {
  return new Set((alert?.ways ?? []).map(({ result }) => result.map(({ id }) => id).join(' ')));
}
