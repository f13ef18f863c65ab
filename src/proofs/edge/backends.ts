import { containers, cursor, podSpec, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { workloadsBehind } from '../../model/service-pods.ts';
import type { Backend } from './types.ts';

/** Where a rule points: a Service with a port by name or number; no port where the Service has one only. */
export interface BackendTarget {
  readonly namespace: string;
  readonly service: string;
  readonly port?: number | string;
  readonly origin: Origin;
}

/**
 * API groups whose objects make no pods. Where a namespace holds objects of any other custom group, a Service that selects
 * nothing in the repository may still select pods that an operator makes.
 */
const POD_LESS_GROUPS =
  /^(?:$|apps|batch|autoscaling|policy|rbac\.authorization\.k8s\.io|networking\.k8s\.io|discovery\.k8s\.io|storage\.k8s\.io|scheduling\.k8s\.io|coordination\.k8s\.io|apiextensions\.k8s\.io|admissionregistration\.k8s\.io|gateway\.networking\.k8s\.io|cert-manager\.io|external-secrets\.io|secrets-store\.csi\.x-k8s\.io|bitnami\.com|kyverno\.io|cilium\.io|projectcalico\.org|crd\.projectcalico\.org|networking\.istio\.io|security\.istio\.io|telemetry\.istio\.io|traefik\.io|traefik\.containo\.us|configuration\.konghq\.com|keda\.sh|argoproj\.io|elbv2\.k8s\.aws|cloud\.google\.com|networking\.gke\.io|gateway\.envoyproxy\.io)$/;

/** Kinds of groups that mix both: these make no pods. */
const POD_LESS_MONITORS = [
  'ServiceMonitor',
  'PodMonitor',
  'PrometheusRule',
  'Probe',
  'ScrapeConfig',
  'AlertmanagerConfig',
];

/** Follows a rule to the Service, its port, the pods it selects and their container port. */
export function resolveBackend(view: PlatformView, target: BackendTarget): Backend {
  const asked = `Service ${target.namespace}/${target.service}${target.port === undefined ? '' : `:${target.port}`}`;
  const answer = (live: Backend['live'], because: string, rest: Partial<Backend> = {}): Backend => ({
    name: asked,
    live,
    because,
    fromAbsence: false,
    targetPorts: [],
    workloads: [],
    origin: target.origin,
    ...rest,
  });
  const service = servicesByName(view).get(`${target.namespace}/${target.service}`);
  if (service === undefined) {
    const populated = view.workloads().some(({ namespace }) => namespace === target.namespace);
    if (!populated || makesPodsByOperator(view, target.namespace))
      return answer('unknown', 'the Service is not in the repository');
    return answer('no', 'no such Service exists', { fromAbsence: true });
  }
  const spec = cursor(service).get('spec');
  if (spec.get('type').string() === 'ExternalName')
    return answer('unknown', 'the Service is a name outside of the cluster');
  const port = servicePort(service, target.port);
  if (port === undefined) return answer('no', `the Service has no port ${target.port ?? 'of its own'}`);
  const selector = spec.get('selector').stringMap();
  if (Object.keys(selector).length === 0)
    return answer('unknown', 'the Service has no selector; its endpoints are kept elsewhere', { port: port.number });
  const workloads = workloadsBehind(view, service);
  if (workloads.length === 0) {
    if (makesPodsByOperator(view, target.namespace))
      return answer('unknown', 'the Service selects no pods of the repository; an operator may make them', {
        port: port.number,
      });
    const rollout = view.objects('Rollout.argoproj.io', target.namespace).find(borrowsUnseen(view));
    if (rollout !== undefined)
      return answer(
        'unknown',
        `the Service may select the pods of Rollout ${target.namespace}/${rollout.name}, whose template is elsewhere`,
        { port: port.number },
      );
    return answer('no', `the Service selects ${describeSelector(selector)}, which no workload carries`, {
      fromAbsence: true,
      port: port.number,
    });
  }
  return reach(answer, workloads, port);
}

function isRunning({ object }: Workload): boolean {
  return cursor(object).get('spec', 'replicas').integer() !== 0;
}

/** Whether a Rollout takes its pods from a template that nobody sees, so that it is none of the workloads. */
function borrowsUnseen(view: PlatformView): (rollout: KubeObject) => boolean {
  return (rollout) => !view.workloads().some(({ object }) => object === rollout);
}

/** By `namespace/name`; of two with one name the first. */
const servicesByName = oncePerPlatform(
  (view: PlatformView): ReadonlyMap<string, KubeObject> =>
    new Map(
      view
        .objects('Service')
        .filter(({ apiVersion, namespace }) => apiVersion === 'v1' && namespace !== undefined)
        .toReversed()
        .map((service) => [`${service.namespace}/${service.name}`, service]),
    ),
);

interface ServicePort {
  readonly number: number;
  readonly target: number | string;
}

function servicePort(service: KubeObject, wanted: number | string | undefined): ServicePort | undefined {
  const ports = cursor(service).get('spec', 'ports').items();
  const found =
    wanted === undefined
      ? ports.length === 1
        ? ports[0]
        : undefined
      : ports.find((port) =>
          typeof wanted === 'number' ? port.get('port').integer() === wanted : port.get('name').string() === wanted,
        );
  const number = found?.get('port').integer();
  if (found === undefined || number === undefined) return undefined;
  return { number, target: found.get('targetPort').integerOrString() ?? number };
}

function reach(
  answer: (live: Backend['live'], because: string, rest?: Partial<Backend>) => Backend,
  runners: readonly Workload[],
  port: ServicePort,
): Backend {
  const names = runners.map(workloadName);
  const running = runners.filter(isRunning);
  const rest = { port: port.number, workloads: names };
  if (running.length === 0)
    return answer('no', `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} scaled to 0 replicas`, rest);
  const declared = running.map(containerPorts);
  const ends = declared.map((ports) =>
    typeof port.target === 'string'
      ? ports.filter(({ name }) => name === port.target)
      : ports.filter(({ number }) => number === port.target),
  );
  const targetPorts = [...new Set(ends.flat().map(({ number }) => number))];
  if (ends.some((found) => found.length > 0)) return answer('yes', '', { ...rest, targetPorts });
  if (typeof port.target === 'string')
    return answer('no', `no container of ${names.join(', ')} has a port named ${port.target}`, rest);
  // Container ports need not be listed, so a number that is not among them proves nothing.
  if (declared.every((ports) => ports.length === 0)) return answer('yes', '', { ...rest, targetPorts: [port.target] });
  return answer('unknown', `no container of ${names.join(', ')} lists port ${port.target}`, rest);
}

function containerPorts(workload: Workload): { name: string | undefined; number: number }[] {
  return containers(workload).flatMap(({ at }) =>
    at
      .get('ports')
      .items()
      .flatMap((port) => {
        const number = port.get('containerPort').integer();
        return number === undefined ? [] : [{ name: port.get('name').string(), number }];
      }),
  );
}

/** Whether the namespace holds custom objects of a kind that is not known to make no pods. */
function makesPodsByOperator(view: PlatformView, namespace: string): boolean {
  return view.kinds().some((kind) =>
    view.objects(kind, namespace).some((object) => {
      const slash = object.apiVersion.indexOf('/');
      const group = slash === -1 ? '' : object.apiVersion.slice(0, slash);
      return !POD_LESS_GROUPS.test(group) && !POD_LESS_MONITORS.includes(kind);
    }),
  );
}

function describeSelector(selector: Readonly<Record<string, string>>): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** Images of a workload's containers, for recognising what it runs. */
export function imagesOf(workload: Workload): string[] {
  return podSpec(workload)
    .get('containers')
    .items()
    .flatMap((container) => container.get('image').string() ?? []);
}
