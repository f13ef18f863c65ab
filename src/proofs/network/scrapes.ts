/** Who scrapes, and what: Prometheus of the operator or by itself, ServiceMonitors, PodMonitors and the annotations of older set-ups. */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, podMetadata, type KubeObject, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { readSelector, selects } from '../../model/selector.ts';
import {
  ANYONE,
  loosePods,
  podsId,
  podsOf,
  serviceTargets,
  type Endpoint,
  type PodClass,
  type Reachability,
} from '../reachability/index.ts';
import { nameOf, need, runs, type Need } from './need.ts';

/** Every scrape that the manifests ask for. Who scrapes is anybody where no Prometheus is in the repository. */
export function scrapes(view: PlatformView, reach: Reachability): Need[] {
  const { from, name } = scrapers(view, reach);
  const ask = (by: string, object: KubeObject, target: Target): Need => need('scrape', by, name, from, target, object);
  return [
    ...byServices(view, reach, ask),
    ...byPods(view, reach, ask),
    ...byProbers(view, reach, ask),
    ...byAnnotations(view, reach, ask),
  ];
}

/** The pods of the platform that scrape. */
export function scrapingPods(view: PlatformView, reach: Reachability): Set<PodClass> {
  return new Set(scrapers(view, reach).from.flatMap((end) => (end.kind === 'pods' ? [end.pods] : [])));
}

interface Target {
  readonly pods: PodClass;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port: number;
}

type Ask = (by: string, object: KubeObject, target: Target) => Need;

function scrapers(view: PlatformView, reach: Reachability): { from: readonly Endpoint[]; name: string } {
  const operated = ['Prometheus.monitoring.coreos.com', 'PrometheusAgent.monitoring.coreos.com'].flatMap((kind) =>
    view.objects(kind),
  );
  const found = operated.map(
    (object) =>
      podsOf(reach, `${object.namespace ?? 'default'}/${object.name}[${object.kind}]`) ??
      loosePods(reach, object.namespace ?? 'default', operatedLabels(object)),
  );
  const own = view
    .workloads()
    .filter((workload) => runs(workload, /^(?:prometheus|vmagent|vmsingle|victoria-metrics|grafana-agent|alloy)$/))
    .flatMap((workload) => podsOf(reach, podsId(workload)) ?? []);
  const all = [...found, ...own];
  if (all.length === 0) return { from: [ANYONE], name: 'whoever scrapes' };
  const [first] = all;
  return { from: all, name: first?.kind === 'pods' ? nameOf(first.pods) : 'Prometheus' };
}

/** The labels that the operator gives its pods (prometheus-operator `pkg/prometheus/server/statefulset.go`), and those of `podMetadata`. */
function operatedLabels(object: KubeObject): Record<string, string> {
  const own = cursor(object).get('spec', 'podMetadata', 'labels').stringMap();
  return {
    'app.kubernetes.io/name': object.kind === 'Prometheus' ? 'prometheus' : 'prometheus-agent',
    'app.kubernetes.io/instance': object.name,
    'app.kubernetes.io/managed-by': 'prometheus-operator',
    'operator.prometheus.io/name': object.name,
    ...own,
    ...(object.kind === 'Prometheus' && { prometheus: object.name }),
  };
}

/** The namespaces that a monitor looks into: its own unless it says otherwise. */
function looksInto(monitor: KubeObject): (namespace: string) => boolean {
  const selector = cursor(monitor).get('spec', 'namespaceSelector');
  if (selector.get('any').boolean() === true) return () => true;
  const names = selector.get('matchNames').strings();
  return (namespace) => (names.length === 0 ? namespace === monitor.namespace : names.includes(namespace));
}

function byServices(view: PlatformView, reach: Reachability, ask: Ask): Need[] {
  return view.objects('ServiceMonitor.monitoring.coreos.com').flatMap((monitor) => {
    const into = looksInto(monitor);
    const selector = readSelector(cursor(monitor).get('spec', 'selector'));
    const services = view
      .objects('Service')
      .filter(
        (service) =>
          selector !== undefined && into(service.namespace ?? 'default') && selects(selector, service.labels),
      );
    return services.flatMap((service) => {
      const known = reach.services(service.namespace).find(({ name }) => name === service.name);
      if (known === undefined) return [];
      return cursor(monitor)
        .get('spec', 'endpoints')
        .items()
        .flatMap((endpoint) => serviceTargets(reach, known, endpoint.get('port').string()))
        .map((target) => ask(`ServiceMonitor ${monitor.namespace ?? 'default'}/${monitor.name}`, monitor, target));
    });
  });
}

function byPods(view: PlatformView, reach: Reachability, ask: Ask): Need[] {
  return view.objects('PodMonitor.monitoring.coreos.com').flatMap((monitor) => {
    const into = looksInto(monitor);
    const selector = readSelector(cursor(monitor).get('spec', 'selector'));
    const pods = reach.classes.all.filter(
      ({ namespace, labels }) => selector !== undefined && into(namespace.name) && selects(selector, labels.labels),
    );
    return cursor(monitor)
      .get('spec', 'podMetricsEndpoints')
      .items()
      .flatMap((endpoint) =>
        pods.flatMap((one) => portsOf(one, endpoint).map((port): Target => ({ pods: one, protocol: 'TCP', port }))),
      )
      .map((target) => ask(`PodMonitor ${monitor.namespace ?? 'default'}/${monitor.name}`, monitor, target));
  });
}

function portsOf({ ports }: PodClass, endpoint: Cursor): number[] {
  const name = endpoint.get('port').string();
  const number = endpoint.get('portNumber').integer() ?? endpoint.get('targetPort').integerOrString();
  if (typeof number === 'number') return [number];
  const wanted = name ?? number;
  return (ports ?? []).filter((port) => port.name === wanted && port.protocol === 'TCP').map(({ port }) => port);
}

/** A Probe has Prometheus ask an exporter, which asks in its turn. */
function byProbers(view: PlatformView, reach: Reachability, ask: Ask): Need[] {
  return view.objects('Probe.monitoring.coreos.com').flatMap((probe) => {
    const url = cursor(probe).get('spec', 'prober', 'url').string() ?? '';
    const [, name, namespace = probe.namespace, port] =
      /^([a-z0-9-]+)(?:\.([a-z0-9-]+)[a-z0-9.-]*)?:(\d+)$/.exec(url) ?? [];
    const service = reach.services(namespace).find((one) => one.name === name);
    if (service === undefined) return [];
    return serviceTargets(reach, service, Number(port)).map((target) =>
      ask(`Probe ${probe.namespace ?? 'default'}/${probe.name}`, probe, target),
    );
  });
}

/** `prometheus.io/scrape: "true"` with `prometheus.io/port`, on the pods themselves. */
function byAnnotations(view: PlatformView, reach: Reachability, ask: Ask): Need[] {
  return view.workloads().flatMap((workload: Workload) => {
    const annotations = podMetadata(workload).get('annotations');
    const port = Number(annotations.get('prometheus.io/port').string());
    const pods = reach.pods(podsId(workload));
    if (annotations.get('prometheus.io/scrape').string() !== 'true' || !(port > 0) || pods === undefined) return [];
    return [ask(`the annotations of ${podsId(workload)}`, workload.object, { pods, protocol: 'TCP', port })];
  });
}
