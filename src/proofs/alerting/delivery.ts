/** Which way each alert goes: from its rule to the receivers that are told, with the waits on the way. */
import { parseDuration } from '../../model/duration.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import {
  alertmanagersSentTo,
  arrivingLabels,
  assessRouting,
  senders,
  yieldedBy,
  type AlertWays,
  type Route,
  type RoutingConfig,
} from './routing/index.ts';
import { alertRules, allPlacedRules } from './rules.ts';

export interface DeliveredAlert {
  readonly name: string;
  readonly expr: string;
  /** `for`, seconds. */
  readonly holdSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Those that may be told, by labels that are not known here, of each Alertmanager that is sent to; none where nobody can say: the configuration of one
   * is not known, or there are too many ways.
   */
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
  const holds = allPlacedRules(view)
    .filter(({ kind }) => kind === 'alert')
    .map(({ at }) => parseDuration(at.get('for').string() ?? '0s') ?? 0);
  const arriving = rules.map((rule) => ({
    name: rule.name,
    labels: arrivingLabels(rule, yieldedBy(rule.expr).labels, from).labels,
  }));
  const found = alertmanagersSentTo(view);
  const configs = found.flatMap(({ config }) => config ?? []);
  // Whom an Alertmanager tells whose configuration is not known nobody can say.
  const sides =
    configs.length < found.length
      ? []
      : configs.map((config) => ({ config, ways: assessRouting(config, arriving).alerts }));
  return rules.map(({ name, expr, labels }, at) => ({
    name,
    expr,
    holdSeconds: holds[at] ?? 0,
    labels,
    receivers: receiversOf(sides, at),
  }));
});

/** An Alertmanager with the ways that each alert goes through it. */
interface Side {
  readonly config: RoutingConfig;
  readonly ways: readonly AlertWays[];
}

/** None where the ways through one of the Alertmanagers are not all known. */
function receiversOf(sides: readonly Side[], alert: number): DeliveredTo[] {
  const each = sides.map(({ config, ways }) =>
    routesOf(ways[alert]).map(({ receiver, groupWait, groupInterval }) => ({
      name: receiver,
      integrations: config.receivers.find((one) => one.name === receiver)?.integrations ?? [],
      groupWait,
      groupInterval,
    })),
  );
  return each.some((receivers) => receivers.length === 0) ? [] : each.flat();
}

/** Every route that the alert may take, each once. */
function routesOf(alert: AlertWays | undefined): readonly Route[] {
  return alert?.complete === true ? [...new Set(alert.ways.flatMap(({ result }) => result))] : [];
}
