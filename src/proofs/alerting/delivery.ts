/** Which way each alert goes: from its rule to the receivers that are told, with the waits on the way. */
import { parseDuration } from '../../model/duration.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import {
  alertmanagers,
  arrivingLabels,
  assessRouting,
  senders,
  yieldedBy,
  type AlertWays,
  type Route,
} from './routing/index.ts';
import { alertRules, placedRules } from './rules.ts';

export interface DeliveredAlert {
  readonly name: string;
  readonly expr: string;
  /** `for`, seconds. */
  readonly holdSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Those that may be told, by labels that are not known here; none where nobody can say: no Alertmanager's configuration is known, or there are too many ways. */
  readonly receivers: readonly DeliveredTo[];
}

interface DeliveredTo {
  readonly name: string;
  /** Kinds of integration, `pagerduty`. */
  readonly integrations: readonly string[];
  /** Seconds. */
  readonly groupWait: number;
  readonly groupInterval: number;
}

/** Every alert in the order of its rules. */
export const deliveredAlerts = oncePerPlatform((view: PlatformView): readonly DeliveredAlert[] => {
  const from = senders(view);
  const rules = alertRules(view);
  const holds = placedRules(view)
    .filter(({ kind }) => kind === 'alert')
    .map(({ at }) => parseDuration(at.get('for').string() ?? '0s') ?? 0);
  const config = alertmanagers(view).find((one) => one.config !== undefined)?.config;
  const arriving = rules.map((rule) => ({
    name: rule.name,
    labels: arrivingLabels(rule, yieldedBy(rule.expr).labels, from).labels,
  }));
  const ways = config === undefined ? [] : assessRouting(config, arriving).alerts;
  return rules.map(({ name, expr, labels }, at) => ({
    name,
    expr,
    holdSeconds: holds[at] ?? 0,
    labels,
    receivers: routesOf(ways[at]).map(({ receiver, groupWait, groupInterval }) => ({
      name: receiver,
      integrations: config?.receivers.find((one) => one.name === receiver)?.integrations ?? [],
      groupWait,
      groupInterval,
    })),
  }));
});

/** Every route that the alert may take, each once. */
function routesOf(alert: AlertWays | undefined): readonly Route[] {
  return alert?.complete === true ? [...new Set(alert.ways.flatMap(({ result }) => result))] : [];
}
