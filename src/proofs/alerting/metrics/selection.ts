import type { Cursor } from '../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { promDuration } from '../promql/time-span.ts';
import { readSelector, selects } from '../../../model/selector.ts';

/** Whether a Prometheus picks an object up. */
export interface Selection {
  readonly selected: 'yes' | 'no' | 'unknown';
  /** Who does, or why nobody does. */
  readonly because: string;
}

type Kind = 'serviceMonitor' | 'podMonitor' | 'probe' | 'rule' | 'scrapeConfig';

/** The Prometheus objects of the platform, agents among them. Reads the class `kubernetes`. */
export function prometheuses(view: PlatformView): readonly KubeObject[] {
  return [
    ...view.objects('Prometheus.monitoring.coreos.com'),
    ...view.objects('PrometheusAgent.monitoring.coreos.com'),
  ];
}

/** The shortest interval of those Prometheus objects, for what names none of its own; 30 s is the operator's default. */
export function usualInterval(view: PlatformView): { readonly interval?: number } {
  const all = prometheuses(view).map((object) => {
    const at = cursor(object).get('spec', 'scrapeInterval');
    return at.exists ? promDuration(at.string() ?? '') : 30;
  });
  const known = all.flatMap((interval) => interval ?? []);
  return all.length === 0 || known.length < all.length ? {} : { interval: Math.min(...known) };
}

/**
 * Whether any Prometheus object, for rules also a ThanosRuler, selects the object by its labels and namespace. A selector that is left out selects nothing, an empty one
 * everything; a namespace selector that is left out means the Prometheus's own namespace (prometheus-operator, API reference).
 */
export function selection(
  view: PlatformView,
  kind: Kind,
  object: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): Selection {
  const all =
    kind === 'rule'
      ? [...view.objects('Prometheus.monitoring.coreos.com'), ...view.objects('ThanosRuler.monitoring.coreos.com')]
      : prometheuses(view);
  if (all.length === 0) return { selected: 'unknown', because: 'no Prometheus object is in the repository' };
  const answers = all.map((each) => selectedBy(view, each, kind, object));
  return (
    answers.find(({ selected }) => selected === 'yes') ??
    answers.find(({ selected }) => selected === 'unknown') ??
    answers[0] ?? { selected: 'unknown', because: '' }
  );
}

function selectedBy(
  view: PlatformView,
  prometheus: KubeObject,
  kind: Kind,
  object: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): Selection {
  const name = `${prometheus.kind} ${prometheus.namespace ?? 'default'}/${prometheus.name}`;
  const spec = cursor(prometheus).get('spec');
  const by = readSelector(spec.get(`${kind}Selector`));
  if (by === undefined) return { selected: 'no', because: `${name} sets no ${kind}Selector, which selects nothing` };
  if (!selects(by, object.labels))
    return { selected: 'no', because: `the ${kind}Selector of ${name} does not match its labels` };
  const inNamespace = namespaceSelected(
    view,
    spec.get(`${kind}NamespaceSelector`),
    prometheus.namespace ?? 'default',
    object.namespace,
  );
  if (inNamespace === 'yes') return { selected: 'yes', because: name };
  if (inNamespace === 'no')
    return {
      selected: 'no',
      because: `the ${kind}NamespaceSelector of ${name} does not match namespace ${object.namespace}`,
    };
  return { selected: 'unknown', because: `the labels of namespace ${object.namespace} are not in the repository` };
}

function namespaceSelected(view: PlatformView, at: Cursor, own: string, namespace: string): Selection['selected'] {
  const selector = readSelector(at);
  if (selector === undefined) return own === namespace ? 'yes' : 'no';
  const object = view.objects('Namespace').find(({ name }) => name === namespace);
  const labels = { ...object?.labels, 'kubernetes.io/metadata.name': namespace };
  if (selects(selector, labels)) return 'yes';
  const keys = [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map(({ key }) => key)];
  return object === undefined && keys.some((key) => key !== 'kubernetes.io/metadata.name') ? 'unknown' : 'no';
}
