/** Experiments that lie among the manifests, as Litmus and Chaos Mesh have them, and whether each says what must hold and when it stops. */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

export interface Experiment {
  /** `NetworkChaos chaos/slow-database` */
  readonly name: string;
  /** It asks whether the steady state holds. */
  readonly hypothesis: boolean;
  /** It stops when the steady state is left. */
  readonly halt: boolean;
  readonly origin: Origin;
}

/** What Chaos Mesh injects (chaos-mesh.org/v1alpha1), each as an object of its own, in a Schedule, or in a Workflow. */
const MESH = [
  'PodChaos',
  'NetworkChaos',
  'StressChaos',
  'IOChaos',
  'TimeChaos',
  'DNSChaos',
  'HTTPChaos',
  'KernelChaos',
  'JVMChaos',
];

/** Experiments that aim at the pods of this workload. */
export function experimentsOn(view: PlatformView, workload: Workload): Experiment[] {
  const alone = [...MESH, 'Schedule']
    .flatMap((kind) => view.objects(kind))
    .filter(
      (object) =>
        isMesh(object) && meshFaults(cursor(object).get('spec'), object.kind).some((one) => aims(one, workload)),
    )
    // Nothing in them asks, and nothing stops them before their time.
    .map((object) => experiment(object, false, false));
  const workflows = view
    .objects('Workflow')
    .filter(
      (object) =>
        isMesh(object) && templatesOf(object).some((one) => meshFaults(one).some((fault) => aims(fault, workload))),
    )
    .map((object) => {
      const asks = templatesOf(object).filter((one) => one.get('templateType').string() === 'StatusCheck');
      return experiment(
        object,
        asks.length > 0,
        asks.some((one) => one.get('abortWithStatusCheck').boolean() === true),
      );
    });
  const engines = view
    .objects('ChaosEngine')
    .filter((object) => object.apiVersion.startsWith('litmuschaos.io/') && isLitmusTarget(object, workload))
    .map((object) => {
      const probes = cursor(object)
        .get('spec', 'experiments')
        .items()
        .flatMap((one) => one.get('spec', 'probe').items());
      const stops = probes.some((probe) => probe.get('runProperties', 'stopOnFailure').boolean() === true);
      return experiment(object, probes.length > 0, stops);
    });
  return [...alone, ...workflows, ...engines];
}

function experiment({ kind, namespace, name, origin }: KubeObject, hypothesis: boolean, halt: boolean): Experiment {
  return { name: `${kind} ${namespace ?? 'default'}/${name}`, hypothesis, halt, origin };
}

function isMesh({ apiVersion }: KubeObject): boolean {
  return apiVersion.startsWith('chaos-mesh.org/');
}

function templatesOf(object: KubeObject): Cursor[] {
  return cursor(object).get('spec', 'templates').items();
}

/** Specifications of faults: of the object itself, or the members named after a kind (`networkChaos`) in a Schedule or a template. */
function meshFaults(spec: Cursor, kind?: string): Cursor[] {
  if (kind !== undefined && MESH.includes(kind)) return [spec];
  return MESH.map((one) => spec.get(memberOf(one))).filter((one) => one.exists);
}

/** `podChaos`, `networkChaos`, `dnsChaos`, `ioChaos`, `jvmChaos`, `httpChaos` */
function memberOf(kind: string): string {
  return kind.replace(/^(?:[A-Z]+(?=[A-Z])|[A-Z])/, (start) => start.toLowerCase());
}

/** A selector without labels takes every pod of its namespaces, and one without namespaces every pod. */
function aims(fault: Cursor, { namespace, podLabels }: Workload): boolean {
  const selector = fault.get('selector');
  const namespaces = selector.get('namespaces').strings();
  const labels = Object.entries(selector.get('labelSelectors').stringMap());
  return (
    (namespaces.length === 0 || namespaces.includes(namespace)) &&
    labels.every(([key, value]) => podLabels[key] === value)
  );
}

function isLitmusTarget(object: KubeObject, { namespace, podLabels }: Workload): boolean {
  const app = cursor(object).get('spec', 'appinfo');
  const [key = '', value] = (app.get('applabel').string() ?? '').split('=');
  return (app.get('appns').string() ?? object.namespace) === namespace && podLabels[key] === value;
}
