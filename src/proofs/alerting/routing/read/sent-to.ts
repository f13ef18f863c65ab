import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { alertmanagers } from './alertmanagers.ts';
import type { FoundAlertmanager } from './found.ts';

/** The Service that the operator makes for all Alertmanagers of a namespace. */
const GOVERNING = 'alertmanager-operated';

/**
 * The Alertmanagers that each Prometheus of the operator sends to: those behind the Services it names. All of the platform where one of
 * the Services leads to none that is seen, or where a Prometheus is configured in another way.
 */
export function alertmanagersSentTo(view: PlatformView): readonly FoundAlertmanager[] {
  const all = alertmanagers(view);
  const senders = view.objects('Prometheus');
  const named = senders.map((object) => behindServicesOf(view, object));
  if (named.length === 0 || named.some((names) => names === undefined)) return all;
  const names = new Set(named.flatMap((one) => one ?? []));
  return all.filter(({ name }) => names.has(name));
}

/** `Alertmanager monitoring/main`; undefined where that is not known of each. */
function behindServicesOf(view: PlatformView, prometheus: KubeObject): string[] | undefined {
  const spec = cursor(prometheus).get('spec');
  if (spec.get('additionalAlertManagerConfigs').exists) return undefined;
  const found = spec
    .get('alerting', 'alertmanagers')
    .items()
    .map((at) => {
      const namespace = at.get('namespace').string() ?? prometheus.namespace ?? 'default';
      return behind(view, namespace, at.get('name').string() ?? '');
    });
  return found.some((names) => names.length === 0) ? undefined : found.flat();
}

function behind(view: PlatformView, namespace: string, service: string): string[] {
  const [object] = view.objects('Service', namespace).filter(({ name }) => name === service);
  const selector = object === undefined ? {} : cursor(object).get('spec', 'selector').stringMap();
  const wanted = Object.entries(selector);
  if (service !== GOVERNING && wanted.length === 0) return [];
  return view
    .objects('Alertmanager', namespace)
    .filter((one) => wanted.every(([key, value]) => podLabels(one)[key] === value))
    .map(({ name }) => `Alertmanager ${namespace}/${name}`);
}

/** Labels of its pods (prometheus-operator `pkg/alertmanager/statefulset.go`, `makeStatefulSetSpec`). */
function podLabels(object: KubeObject): Readonly<Record<string, string>> {
  const { name } = object;
  return {
    ...cursor(object).get('spec', 'podMetadata', 'labels').stringMap(),
    alertmanager: name,
    'app.kubernetes.io/name': 'alertmanager',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/managed-by': 'prometheus-operator',
  };
}
