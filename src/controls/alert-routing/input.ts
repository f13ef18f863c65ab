import type { Subject } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import { theEnvironment } from '../../model/subjects.ts';
import {
  alertmanagers,
  arrivingLabels,
  senders,
  yieldedBy,
  type AlertLabels,
  type FoundAlertmanager,
} from '../../proofs/alerting/routing/index.ts';
import { amazonRules } from '../../proofs/alerting/amazon-rules.ts';
import { grafanas, type GrafanaRouting } from '../../proofs/alerting/grafana/notify/grafanas.ts';
import { grafanaAlerts } from '../../proofs/alerting/grafana/rules.ts';
import { alertsInCluster, alertsOfPyrra } from '../../proofs/alerting/slo/read/in-cluster.ts';

export interface Alert {
  readonly name: string;
  /** As they arrive at Alertmanager. */
  readonly labels: AlertLabels;
  readonly dropped: 'no' | 'perhaps' | 'yes';
  /** It fires whatever happens, like a dead-man switch. */
  readonly constant: boolean;
  readonly origin: Origin;
}

export interface Rotation {
  readonly name: string;
  readonly severities: readonly string[];
  readonly receiver?: string;
}

/** Alerts, and what routes them. */
export interface Side {
  readonly alertmanagers: readonly FoundAlertmanager[];
  readonly alerts: readonly Alert[];
  /** What on the way of the alerts cannot be seen from here. */
  readonly unseen: readonly string[];
}

/** What decides where alerts go. */
export interface Routing extends Side {
  readonly severities: Spec['severities'];
  /** Undefined where the spec names no rotations. */
  readonly rotations?: readonly Rotation[];
  /** Each Prometheus, where all of them know no Alertmanager and nothing else evaluates rules. */
  readonly unsent?: readonly { readonly name: string; readonly origin: Origin }[];
  /** What each Grafana manages and sends by its own policies to its own contact points. */
  readonly ofGrafana?: readonly Side[];
}

/** The environment, where there is anything to route or a spec that says there should be. */
export function subjects(view: PlatformView): Subject[] {
  const anything =
    !view.provisional ||
    alertsInCluster(view).length > 0 ||
    alertsOfPyrra(view).length > 0 ||
    grafanaAlerts(view).length > 0 ||
    grafanas(view).some(({ alertmanager }) => alertmanager.config ?? alertmanager.refused) ||
    alertmanagers(view).length > 0;
  return anything ? theEnvironment(view) : [];
}

export function routing(view: PlatformView): Routing {
  const from = senders(view);
  const { onCall, severities } = view.spec;
  const unsent = from.flatMap(({ sendsNowhere }) => sendsNowhere ?? []);
  const ofGrafana = grafanas(view).map(grafanaSide);
  const others = ['ThanosRuler', 'VMAlert'].some((kind) => view.objects(kind).length > 0);
  return {
    alertmanagers: alertmanagers(view),
    alerts: alertsInCluster(view).map((rule) => {
      const { labels: yielded, constant } = yieldedBy(rule.expr);
      const { labels, dropped } = arrivingLabels(rule, yielded, from);
      return { name: rule.name, labels, dropped, constant, origin: rule.origin };
    }),
    severities,
    ...(onCall !== undefined && {
      rotations: onCall.rotations.map(({ name, severities: taken, receiver }) => ({
        name,
        severities: taken,
        ...(receiver !== undefined && { receiver }),
      })),
    }),
    ...(unsent.length > 0 && unsent.length === from.length && !others && { unsent }),
    ...(ofGrafana.length > 0 && { ofGrafana }),
    unseen: [
      ...from.flatMap(({ unseen }) => unseen ?? []),
      ...[...alertsOfPyrra(view), ...amazonRules(view).hidden].map(({ holder, because }) => `${holder}: ${because}`),
    ],
  };
}

function grafanaSide({ alertmanager, alerts, unseen }: GrafanaRouting): Side {
  return {
    alertmanagers: [alertmanager],
    alerts: alerts.map(({ alert, name, labels }) => ({
      name,
      labels,
      dropped: 'no',
      constant: false,
      origin: alert.origin,
    })),
    unseen,
  };
}
