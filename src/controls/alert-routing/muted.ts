import type { Finding } from '../../model/result.ts';
import { silence, type Route, type Way } from '../../proofs/alerting/routing/index.ts';
import type { Params } from './check.ts';
import type { Alert, Routing } from './input.ts';
import { pagingAlerts } from './paging.ts';
import { isSilent } from './reaching.ts';
import { integrationsOf, listed, quietWhile, type Judged } from './ways.ts';

/** Alerts whose every receiver is quiet at every hour. Those that page are judged hour by hour elsewhere. */
export function judgeMuted(input: Routing, judged: readonly Judged[], params: Params): Finding[] {
  const paging = new Set(pagingAlerts(input, params).map(({ alert }) => alert));
  const groups = new Map<string, { readonly route: Route; readonly alerts: Alert[] }>();
  for (const [index, alert] of input.alerts.entries()) {
    if (paging.has(alert) || isSilent(alert, params) || alert.dropped === 'yes') continue;
    const routes = judged.map((one) => mutedRoute(one.answer.alerts[index]?.ways ?? [], one));
    const [route] = routes;
    if (route === undefined || routes.includes(undefined)) continue;
    const group = groups.get(route.id) ?? { route, alerts: [] };
    group.alerts.push(alert);
    groups.set(route.id, group);
  }
  return [...groups.values()].map(({ route, alerts }) => ({
    message: `${alerts.length === 1 ? `alert ${alerts[0]?.name ?? ''} reaches` : `${listed(alerts.map(({ name }) => name))} reach`} nobody: ${route.receiver} is told of nothing ${quietWhile(route)}, which is at every hour`,
    severity: 'high',
    ...(route.origin !== undefined && { origin: route.origin }),
    remediation: 'Take the time intervals off the route, or remove the alert.',
  }));
}

/** The route of the first receiver, where on every way none of those that notify somebody ever may. */
function mutedRoute(ways: readonly Way[], { config }: Judged): Route | undefined {
  const telling = ways.map(({ result }) =>
    result.filter(({ receiver }) => integrationsOf(config, receiver).length > 0),
  );
  const isQuiet = telling.every(
    (routes) =>
      routes.length > 0 &&
      routes.every(({ muted, active }) => muted.length + active.length > 0) &&
      silence(routes, config)?.when === 'always',
  );
  return isQuiet ? telling[0]?.[0] : undefined;
}
