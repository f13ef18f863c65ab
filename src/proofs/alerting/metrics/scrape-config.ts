import { Cursor } from '../../../model/cursor.ts';
import { cursor, podMetadata, podSpec, workloadName, type KubeObject, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { selectsPods, workloadsBehind } from '../../../model/service-pods.ts';
import { embedded } from '../embedded.ts';
import { exporter, exporterOfApp, exporterOfImage, exporterOfPort, type Exporter } from './catalog/index.ts';
import { drops, intervalAt } from './monitors.ts';
import { selection, usualInterval } from './selection.ts';
import type { Target } from './targets.ts';

interface Found {
  readonly targets: readonly Target[];
  readonly hidden: readonly string[];
}

/**
 * What the files of Prometheus itself scrape, wherever they lie: in the repository, or in a ConfigMap. Reads the classes
 * `prometheus-config` and `kubernetes`.
 */
export function staticTargets(view: PlatformView): Found {
  const jobs = configurations(view).flatMap(({ root, name }) =>
    root
      .get('scrape_configs')
      .items()
      .map((job) =>
        ofJob(view, job, { by: `job ${job.get('job_name').string() ?? '?'} of ${name}`, ...scrapedEvery(job, root) }),
      ),
  );
  const all = [
    ...jobs,
    ...view.objects('ScrapeConfig.monitoring.coreos.com').map((object) => ofScrapeConfig(view, object)),
  ];
  return { targets: all.flatMap(({ targets }) => targets), hidden: all.flatMap(({ hidden }) => hidden) };
}

/** How the reason ends where something unseen may scrape a workload of the cluster. */
export const IN_CLUSTER = 'finds its targets in the cluster by itself';

/** prometheus-operator's ScrapeConfig: fixed addresses are followed, what it discovers is not seen. */
function ofScrapeConfig(view: PlatformView, object: KubeObject): Found {
  const namespace = object.namespace ?? 'default';
  const by = `ScrapeConfig ${namespace}/${object.name}`;
  if (selection(view, 'scrapeConfig', { namespace, labels: object.labels }).selected === 'no')
    return { targets: [], hidden: [] };
  const spec = cursor(object).get('spec');
  const addresses = spec
    .get('staticConfigs')
    .items()
    .flatMap((group) => group.get('targets').strings());
  const discovers = spec.entries().some(([key]) => key.endsWith('SDConfigs'));
  const interval = spec.get('scrapeInterval');
  const every = interval.exists ? intervalAt(interval) : usualInterval(view);
  const base = { by, drops: drops(spec.get('metricRelabelings')), ...every, origin: object.origin };
  const path = spec.get('metricsPath').string() ?? '/metrics';
  return {
    targets: addresses.map((address) => ({ ...base, ...behind(view, address, path, object.name) })),
    hidden: discovers ? [byItself(by, spec.get('kubernetesSDConfigs'))] : [],
  };
}

/** The configurations of Prometheus, each once. */
export function configurations(view: PlatformView): { readonly root: Cursor; readonly name: string }[] {
  const files = view
    .data('prometheus-config')
    .map(({ data, origin, path }) => ({ root: new Cursor(data, origin), name: path }));
  if (files.length > 0) return files;
  return view.objects('ConfigMap').flatMap((object) =>
    cursor(object)
      .get('data')
      .entries()
      .flatMap(([key, text]) => {
        if (!/\.ya?ml$/.test(key) || typeof text.value !== 'string' || !text.value.includes('scrape_configs:'))
          return [];
        const data = embedded(text.value);
        return data === undefined ? [] : [{ root: new Cursor(data, text.origin), name: `ConfigMap ${object.name}` }];
      }),
  );
}

const ANNOTATED = /^__meta_kubernetes_(?:pod|service)_annotation_prometheus_io_scrape$/;

/** A job's own interval, that of the file, or the minute that Prometheus takes where neither says. */
function scrapedEvery(job: Cursor, root: Cursor): Pick<Target, 'interval'> {
  const at = [job.get('scrape_interval'), root.get('global', 'scrape_interval')].find(({ exists }) => exists);
  return at === undefined ? { interval: 60 } : intervalAt(at);
}

function ofJob(view: PlatformView, job: Cursor, read: Pick<Target, 'by' | 'interval'>): Found {
  const { by } = read;
  const base = {
    ...read,
    drops: drops(job.get('metric_relabel_configs')),
    origin: job.origin,
    ...(jobIsOpen(job) ? {} : { job: job.get('job_name').string() ?? '' }),
  };
  const path = job.get('metrics_path').string() ?? '/metrics';
  const addresses = job
    .get('static_configs')
    .items()
    .flatMap((group) => group.get('targets').strings());
  if (addresses.length > 0)
    return {
      targets: addresses.map((address) => ({
        ...base,
        ...behind(view, address, path, job.get('job_name').string() ?? ''),
      })),
      hidden: [],
    };
  const relabels = job.get('relabel_configs').items();
  const isAnnotated = relabels.some((rule) =>
    rule
      .get('source_labels')
      .strings()
      .some((label) => ANNOTATED.test(label)),
  );
  if (isAnnotated) return { targets: annotated(view).map((workload) => ({ ...base, ...of(workload) })), hidden: [] };
  const cadvisor =
    path === '/metrics/cadvisor' ||
    relabels.some((rule) => /metrics\/cadvisor/.test(rule.get('replacement').string() ?? ''));
  const known = cadvisor ? exporter('cadvisor') : byJob(job.get('job_name').string() ?? '');
  if (known !== undefined) return { targets: [{ ...base, exporter: known, isOpen: false }], hidden: [] };
  return { targets: [], hidden: [byItself(by, job.get('kubernetes_sd_configs'))] };
}

/** What discovers anything but nodes in the cluster may mean any workload of it; what asks Consul or a cloud means others. */
function byItself(by: string, inCluster: Cursor): string {
  const roles = inCluster.items().map((at) => at.get('role').string()?.toLowerCase());
  return roles.some((role) => role !== 'node') ? `${by} ${IN_CLUSTER}` : `${by} finds its targets by itself`;
}

/** A relabeling, or what is scraped, may set the label `job`. */
function jobIsOpen(job: Cursor): boolean {
  const rules = [...job.get('relabel_configs').items(), ...job.get('metric_relabel_configs').items()];
  const sets = rules.some(
    (rule) => rule.get('target_label').string() === 'job' || (rule.get('action').string() ?? '').startsWith('label'),
  );
  return sets || job.get('honor_labels').boolean() === true;
}

/** Names that the example configurations of Prometheus have made usual. */
function byJob(name: string): Exporter | undefined {
  const usual: Readonly<Record<string, string>> = {
    'kubernetes-apiservers': 'apiserver',
    'kubernetes-nodes': 'kubelet',
    'kubernetes-cadvisor': 'cadvisor',
    'kubernetes-nodes-cadvisor': 'cadvisor',
  };
  const id = usual[name];
  return id === undefined ? exporterOfApp(name) : exporter(id);
}

type Behind = Pick<Target, 'workload' | 'exporter' | 'isOpen' | 'unnamed'>;

/** What answers at `api.platform.svc:9090`, or at an address that says nothing. */
function behind(view: PlatformView, address: string, path: string, job: string): Behind {
  const probe = path === '/probe' ? exporter('probe') : undefined;
  if (probe !== undefined) return { exporter: probe, isOpen: false };
  const [service = '', namespace] = (address.replace(/^https?:\/\//, '').split(/[:/]/)[0] ?? '').split('.');
  const object = view
    .objects('Service')
    .find(({ name, namespace: own }) => name === service && (namespace === undefined || own === namespace));
  const workload = object === undefined ? undefined : workloadsBehind(view, object)[0];
  if (workload !== undefined) return of(workload);
  const port = /:(\d+)$/.exec(address)?.[1];
  const known = exporterOfApp(service) ?? byJob(job) ?? exporterOfPort(Number(port));
  if (known !== undefined) return { exporter: known, isOpen: known.opens !== undefined };
  return { isOpen: true, ...(/^[\d.]+(?::\d+)?$|^\[/.test(address) && { unnamed: true }) };
}

function of(workload: Workload): Behind {
  const images = podSpec(workload).get('containers').items();
  const known = images
    .map((container) => exporterOfImage((container.get('image').string() ?? '').replace(/[@:][^/]*$/, '')))
    .find((each) => each !== undefined);
  const name = workloadName(workload);
  return known === undefined
    ? { workload: name, isOpen: true }
    : { workload: name, exporter: known, isOpen: known.opens !== undefined };
}

/** Workloads whose pods, or a Service of theirs, ask to be scraped by annotation. */
export function annotated(view: PlatformView): Workload[] {
  const asks = (at: Cursor): boolean => String(at.get('annotations', 'prometheus.io/scrape').value ?? '') === 'true';
  const services = view.objects('Service').filter((object) => asks(cursor(object).get('metadata')));
  return view.workloads().filter((workload) => {
    if (asks(podMetadata(workload))) return true;
    return services.some((service) => selectsPods(service, workload));
  });
}
