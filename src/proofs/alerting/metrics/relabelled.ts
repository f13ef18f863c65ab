/** What relabelling leaves of a target of a monitor: rules that keep or drop it as a whole, before the scrape or after. */
import { cursor, podMetadata, type KubeObject, type Workload } from '../../../model/kube.ts';
import { ANYTHING, is, relabel, type AlertLabels, type LabelValue, type Relabel } from '../routing/index.ts';
import type { MonitorEndpoint } from './monitors.ts';

/** What the discovery finds behind one endpoint of a monitor. */
interface Discovered {
  readonly namespace: string;
  readonly service?: KubeObject;
  /** Absent where the pods are not in the repository. */
  readonly workload?: Workload;
  readonly job: string;
}

/** That no metric of a target is kept. */
export interface Loss {
  /** `its relabeling keeps only …` */
  readonly why: string;
  /** It is asked all the same, and all that it answers is thrown away. */
  readonly isScraped: boolean;
}

/** `undefined` where some metric of the target is kept, or where that depends on labels that are not known here. */
export function lossOf(endpoint: MonitorEndpoint, discovered: Discovered): Loss | undefined {
  const { relabels, metricRelabels, honorsLabels } = endpoint;
  const labels = labelsOf(endpoint, discovered);
  const rule = dropping(labels, relabels);
  if (rule !== undefined) return { why: `its relabeling ${said(rule, labels)}`, isScraped: false };
  const kept = relabel(labels, relabels).labels;
  const own = Object.entries(kept.known).filter(([name]) => !name.startsWith('__'));
  const stored: AlertLabels = {
    known: { ...(honorsLabels ? {} : Object.fromEntries(own)), __name__: { kind: 'any', mayBeMissing: false } },
    others: 'anything',
  };
  const after = dropping(stored, metricRelabels);
  if (after === undefined) return undefined;
  return { why: `its metricRelabeling ${said(after, stored)}: no metric is left`, isScraped: true };
}

/** No metric has an empty name, so `.+` is all of them. */
function asEveryName(rule: Relabel): Relabel {
  const isEvery = rule.sourceLabels.join() === '__name__' && /^\(?\.\+\)?$/.test(rule.regex);
  return isEvery ? { ...rule, regex: '.*' } : rule;
}

/** The first rule after which the target is surely gone. */
function dropping(labels: AlertLabels, rules: readonly Relabel[]): Relabel | undefined {
  return rules.find((_, index) => relabel(labels, rules.slice(0, index + 1).map(asEveryName)).dropped === 'yes');
}

function said({ action, sourceLabels, regex }: Relabel, { known }: AlertLabels): string {
  const what = sourceLabels.join(', ') || 'no label at all';
  const values = sourceLabels.flatMap((name) => (known[name]?.kind === 'is' ? [known[name].value] : []));
  const has = values.length === sourceLabels.length && values.length > 0 ? `, and here that is ${shown(values)}` : '';
  return action === 'keep'
    ? `keeps only what has ${what} matching ${regex}${has}`
    : `drops what has ${what} matching ${regex}${has}`;
}

function shown(values: readonly string[]): string {
  return values.every((value) => value === '') ? 'missing' : values.join(', ');
}

/**
 * The labels of a target before the rules of its monitor: those of Prometheus's discovery, and those that prometheus-operator sets
 * before them. Sources: Prometheus `discovery/kubernetes`, prometheus-operator `pkg/prometheus/promcfg.go`.
 */
function labelsOf(endpoint: MonitorEndpoint, { namespace, service, workload, job }: Discovered): AlertLabels {
  const port = endpoint.port === undefined ? {} : { endpoint: is(String(endpoint.port)) };
  const ofPort =
    typeof endpoint.port !== 'string' || (endpoint.ofPod && service !== undefined)
      ? {}
      : {
          [service === undefined
            ? '__meta_kubernetes_pod_container_port_name'
            : '__meta_kubernetes_endpoint_port_name']: is(endpoint.port),
        };
  return {
    known: {
      __meta_kubernetes_namespace: is(namespace),
      namespace: is(namespace),
      job: is(job),
      ...port,
      ...ofPort,
      ...(service === undefined ? {} : ofService(service, endpoint)),
      ...(workload === undefined ? {} : ofPods(workload, endpoint)),
    },
    others: 'anything',
  };
}

function ofService(service: KubeObject, endpoint: MonitorEndpoint): Record<string, LabelValue> {
  return {
    service: is(service.name),
    __meta_kubernetes_service_name: is(service.name),
    ...meta('service_annotation', cursor(service).get('metadata', 'annotations').stringMap(), endpoint),
    ...meta('service_label', service.labels, endpoint),
  };
}

function ofPods(workload: Workload, endpoint: MonitorEndpoint): Record<string, LabelValue> {
  const annotations = podMetadata(workload).get('annotations').stringMap();
  return {
    // Meshes and controllers annotate pods: one that is not there may yet be.
    ...meta('pod_annotation', annotations, { relabels: [] }),
    ...meta('pod_label', workload.podLabels, endpoint),
  };
}

/** Labels that controllers, meshes and delivery tools add by themselves, as the discovery writes their names. */
const ADDED =
  /^(?:pod_template_hash|rollouts_pod_template_hash|controller_|job_name|job_completion|.*(?:kubernetes_io|k8s_io|istio_io|linkerd_io|argoproj_io|fluxcd_io|cilium_io|knative_dev)_)/;

/** Each as `__meta_kubernetes_KIND_NAME` with its `present` twin; those that a rule asks for and that are not there, as missing. */
function meta(
  kind: string,
  values: Readonly<Record<string, string>>,
  { relabels }: Pick<MonitorEndpoint, 'relabels'>,
): Record<string, LabelValue> {
  const present = Object.entries(values).flatMap(([key, value]): [string, LabelValue][] => {
    const name = key.replaceAll(/[^a-zA-Z0-9_]/g, '_');
    return [
      [`__meta_kubernetes_${kind}_${name}`, is(value)],
      [`__meta_kubernetes_${kind}present_${name}`, is('true')],
    ];
  });
  const asked = relabels.flatMap(({ sourceLabels }) => sourceLabels);
  const absent = asked.flatMap((label): [string, LabelValue][] => {
    const name = new RegExp(`^__meta_kubernetes_${kind}(?:present)?_(.+)$`).exec(label)?.[1];
    return name === undefined ? [] : [[label, ADDED.test(name) ? ANYTHING : is('')]];
  });
  return Object.fromEntries([...absent, ...present]);
}
