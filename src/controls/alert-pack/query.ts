import type { Query, Subject } from '../../model/control.ts';
import { parseDuration } from '../../model/duration.ts';
import { cursor } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { longestPause } from '../../model/schedule.ts';
import type { Spec } from '../../model/spec.ts';
import { unreadAlerts, type UnreadAlert } from '../../proofs/alerting/all-rules.ts';
import { deliveredAlerts } from '../../proofs/alerting/delivery.ts';
import { rulesHome, type RulesHome } from '../../proofs/alerting/home.ts';
import type { RuleText } from '../../proofs/alerting/rules.ts';
import { alertsOfPyrra, rulesInCluster } from '../../proofs/alerting/slo/read/in-cluster.ts';
import { declaredSlos } from '../../proofs/alerting/slo/read/sources.ts';
import type { Slo } from '../../proofs/alerting/slo/types.ts';
import { wantedOf, type Wanted } from './subjects.ts';

export interface Pack {
  readonly kind: Subject['kind'];
  readonly wanted: readonly Wanted[];
  readonly rules: readonly RuleText[];
  /** Whom the manifests have told of an alert, by its name; it is not in it where they do not say. */
  readonly receivers: Readonly<Record<string, readonly string[]>>;
  /** Alerts that PromQL cannot say. */
  readonly unread?: readonly Omit<UnreadAlert, 'origin'>[];
  /** SLOs of the service, each with the threshold of a latency SLO in seconds. */
  readonly slos: readonly { readonly slo: Slo; readonly kind: string; readonly threshold?: number }[];
  readonly storeKind?: string;
  /** Metrics that the spec says the subject exposes. */
  readonly metrics: readonly string[];
  /** Seconds before its end at which the first certificate is renewed. */
  readonly renewBefore?: number;
  /** CronJobs that back stores up, with the longest pause between two runs in seconds. */
  readonly backups: readonly { readonly by: string; readonly pause: number }[];
  readonly provisional: boolean;
  readonly severities: readonly { readonly name: string; readonly page: boolean }[];
  readonly runbooks: Spec['runbooks'];
  readonly home: RulesHome;
}

export function pack(subject: Subject): Query<Pack> {
  return (view) => {
    const isService = subject.kind === 'service';
    const { spec } = view;
    const store = subject.kind === 'store' ? view.store(subject.name) : undefined;
    const service = isService ? spec.services.find(({ name }) => name === subject.name) : undefined;
    const unread = [...unreadAlerts(view), ...alertsOfPyrra(view)].map(({ name, holder, words, because, anything }) => {
      return { name, holder, words, because, ...(anything === true && { anything }) };
    });
    const renewBefore = subject.kind === 'environment' ? soonestRenewal(view) : undefined;
    return {
      kind: subject.kind,
      wanted: wantedOf(view, subject),
      rules: rulesInCluster(view),
      receivers: receiversOf(view),
      ...(unread.length > 0 && { unread }),
      slos: isService ? slosOf(view, subject.name) : [],
      ...(store === undefined ? {} : { storeKind: store.kind }),
      metrics: service?.metrics ?? store?.metrics ?? [],
      ...(renewBefore === undefined ? {} : { renewBefore }),
      backups: subject.kind === 'environment' ? backupsOf(view) : [],
      provisional: view.provisional,
      severities: spec.severities.map(({ name, page }) => ({ name, page })),
      runbooks: spec.runbooks,
      home: rulesHome(view),
    };
  };
}

/** Alerts of one name are several rules: each may be told to whoever any of them is. */
function receiversOf(view: PlatformView): Pack['receivers'] {
  const byName = Map.groupBy(deliveredAlerts(view), ({ name }) => name);
  return Object.fromEntries(
    [...byName]
      .filter(([, alerts]) => alerts.every(({ receivers }) => receivers.length > 0))
      .map(([name, alerts]) => [
        name,
        [...new Set(alerts.flatMap(({ receivers }) => receivers.map((one) => one.name)))].sort(),
      ]),
  );
}

function slosOf(view: PlatformView, service: string): Pack['slos'] {
  return declaredSlos(view).flatMap(({ name, slo, service: of }) => {
    if ('because' in slo || of !== service) return [];
    const spoken = view.spec.slos.find((one) => one.name === name);
    const threshold = spoken?.threshold === undefined ? undefined : parseDuration(spoken.threshold);
    return [{ slo, kind: spoken?.kind ?? 'availability', ...(threshold === undefined ? {} : { threshold }) }];
  });
}

/** cert-manager renews at two thirds of the life unless it is told when (`pkg/util/pki/renewaltime.go`). */
function soonestRenewal(view: PlatformView): number | undefined {
  const times = view.objects('Certificate').flatMap((object) => {
    const spec = cursor(object).get('spec');
    const duration = parseDuration(spec.get('duration').string() ?? '2160h') ?? 7_776_000;
    return parseDuration(spec.get('renewBefore').string() ?? '') ?? duration / 3;
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

function backupsOf(view: PlatformView): Pack['backups'] {
  const jobs = new Set(view.objects('CronJob').map(({ name }) => name));
  return view.spec.stores.flatMap(({ backup }) => {
    const pause = backup === undefined ? undefined : longestPause(backup.schedule);
    return backup?.by === undefined || pause === undefined || !jobs.has(backup.by) ? [] : [{ by: backup.by, pause }];
  });
}
