import { containers, cursor, workloadName, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { imagesOf } from './backends.ts';
import type { PublicRoute } from './types.ts';

/** An ingress-nginx controller of the repository, with the ConfigMap it is told to read. */
export interface NginxController {
  readonly workload: string;
  readonly ingressClass: string;
  readonly controllerClass: string;
  /** The second number of its version, `12` of 1.12.1, as its image names it. */
  readonly version?: number;
  /** What `--enable-annotation-validation` says, on which the risk of annotations is weighed. */
  readonly weighsRisk?: boolean;
  /** Undefined: it watches every namespace. */
  readonly watches?: string;
  readonly settings: Readonly<Record<string, string>>;
  /** `namespace/name`; undefined where none is named. */
  readonly configMap?: string;
  /** True when the ConfigMap is in the repository. */
  readonly configMapFound: boolean;
  /** `namespace/name` of the ConfigMap that hands ports on to Services as they are (`--tcp-services-configmap`). */
  readonly tcpServices?: string;
  readonly origin: Origin;
}

/** What implements an ingress class, as far as it tells what an annotation means. */
export type IngressFamily =
  | 'nginx'
  | 'nginx-inc'
  | 'alb'
  | 'gce'
  | 'traefik'
  | 'kong'
  | 'haproxy'
  | 'istio'
  | 'openshift'
  | 'unknown';

const DEFAULT_CONTROLLER_CLASS = 'k8s.io/ingress-nginx';

/** Values of `spec.controller` of an IngressClass. */
const CONTROLLERS: readonly (readonly [RegExp, IngressFamily])[] = [
  [/^k8s\.io\/(?:.*-)?ingress-nginx/, 'nginx'],
  [/^(?:nginx\.org|k8s\.nginx\.org)\//, 'nginx-inc'],
  [/^ingress\.k8s\.aws\/alb$|^eks\.amazonaws\.com\/alb$/, 'alb'],
  [/^(?:networking\.gke\.io|k8s\.io)\/ingress-gce/, 'gce'],
  [/^traefik\.io\//, 'traefik'],
  [/konghq\.com\//, 'kong'],
  [/^haproxy|haproxy-ingress/, 'haproxy'],
  [/^istio\.io\//, 'istio'],
  [/^openshift\.io\/ingress-to-route$/, 'openshift'],
];

const CLASS_NAMES: readonly (readonly [RegExp, IngressFamily])[] = [
  [/^(?:[\w-]+-)?nginx(?:-[\w-]+)?$/, 'nginx'],
  [/^(?:[\w-]+-)?alb(?:-[\w-]+)?$/, 'alb'],
  [/^gce(?:-internal)?$/, 'gce'],
  [/^traefik/, 'traefik'],
  [/^kong/, 'kong'],
  [/^haproxy/, 'haproxy'],
  [/^istio/, 'istio'],
  [/^openshift-/, 'openshift'],
];

const ANNOTATIONS: readonly (readonly [RegExp, IngressFamily])[] = [
  [/^nginx\.ingress\.kubernetes\.io\//, 'nginx'],
  [/^nginx\.(?:org|com)\//, 'nginx-inc'],
  [/^alb\.ingress\.kubernetes\.io\//, 'alb'],
  [/^traefik\.ingress\.kubernetes\.io\//, 'traefik'],
  [/^konghq\.com\//, 'kong'],
  [/^(?:haproxy\.org|haproxy-ingress\.github\.io)\//, 'haproxy'],
  [/^route\.openshift\.io\//, 'openshift'],
];

/** What implements the class of an Ingress: by its IngressClass, then by name, then by the annotations somebody wrote for it. */
export function ingressFamily(
  view: PlatformView,
  ingressClass: string | undefined,
  annotations: Readonly<Record<string, string>>,
): IngressFamily {
  const declared = view.objects('IngressClass').find(({ name }) => name === ingressClass);
  const controller = declared === undefined ? undefined : cursor(declared).get('spec', 'controller').string();
  const known = (
    table: readonly (readonly [RegExp, IngressFamily])[],
    text: string | undefined,
  ): IngressFamily | undefined => (text === undefined ? undefined : table.find(([pattern]) => pattern.test(text))?.[1]);
  return (
    known(CONTROLLERS, controller) ??
    (nginxControllers(view).some(({ controllerClass }) => controllerClass === controller) ? 'nginx' : undefined) ??
    known(CLASS_NAMES, ingressClass) ??
    Object.keys(annotations)
      .map((key) => known(ANNOTATIONS, key))
      .find((family) => family !== undefined) ??
    'unknown'
  );
}

/**
 * Whether what serves a route reads the annotations of a family: those left over from another controller do nothing. A class named nginx, of which
 * nothing more is known, may be of either controller; a route of another kind has the annotations of whoever implements its Gateway.
 */
export function isReadBy(
  view: PlatformView,
  { kind, edges, annotations }: Pick<PublicRoute, 'kind' | 'edges' | 'annotations'>,
  family: IngressFamily,
): boolean {
  if (kind !== 'ingress') return !family.startsWith('nginx');
  const own = ingressFamily(view, edges[0], annotations);
  const isDeclared = view.objects('IngressClass').some(({ name }) => name === edges[0]);
  return own === family || own === 'unknown' || (!isDeclared && own === 'nginx' && family === 'nginx-inc');
}

/** The ingress-nginx controllers among the workloads, recognised by their program or image. */
export const nginxControllers = oncePerPlatform((view: PlatformView): readonly NginxController[] =>
  view.workloads().flatMap((workload) =>
    containers(workload).flatMap(({ at }) => {
      const words = [...at.get('command').strings(), ...at.get('args').strings()];
      const image = at.get('image').string() ?? '';
      const isController =
        words.some((word) => /(?:^|\/)nginx-ingress-controller$/.test(word)) ||
        /(?:^|\/)ingress-nginx\/controller(?:[:@]|$)/.test(image);
      return isController ? [controller(view, workload, { words, image, origin: at.get('args').origin })] : [];
    }),
  ),
);

/** The ingress-nginx controller that serves an ingress class (in a namespace, if given); none when it is not in the repository. */
export function controllerFor(
  view: PlatformView,
  ingressClass: string | undefined,
  namespace?: string,
): NginxController | undefined {
  const declared = view.objects('IngressClass').find(({ name }) => name === ingressClass);
  const controllerClass = declared === undefined ? undefined : cursor(declared).get('spec', 'controller').string();
  const candidates = nginxControllers(view).filter(
    ({ watches }) => watches === undefined || namespace === undefined || watches === namespace,
  );
  return candidates.find((candidate) =>
    controllerClass === undefined
      ? candidate.ingressClass === (ingressClass ?? candidate.ingressClass)
      : candidate.controllerClass === controllerClass,
  );
}

/** Images of proxies that are made to face the internet. */
const EDGE_IMAGES =
  /(?:^|\/)(?:ingress-nginx(?:\/controller)?|nginx-ingress(?:-controller)?|traefik|envoy(?:-distroless)?|gateway|kong(?:-gateway)?|haproxy-ingress|kubernetes-ingress|proxyv2|contour|cloudflared|nginx-gateway(?:-fabric)?|apisix|emissary|ambassador|caddy)(?:[:@]|$)/;

/** Whether a workload is a proxy at the edge, by its image or, for ingress-nginx, by its program. */
export function isEdgeProxy(view: PlatformView, workload: Workload): boolean {
  return (
    imagesOf(workload).some((image) => EDGE_IMAGES.test(image)) ||
    nginxControllers(view).some((known) => known.workload === workloadName(workload))
  );
}

interface Program {
  readonly words: readonly string[];
  readonly image: string;
  readonly origin: Origin;
}

function controller(view: PlatformView, workload: Workload, { words, image, origin }: Program): NginxController {
  const flag = (name: string): string | undefined =>
    words.findLast((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  const named = (name: string): string | undefined => flag(name)?.replace('$(POD_NAMESPACE)', workload.namespace);
  const configMap = named('configmap');
  const tcpServices = named('tcp-services-configmap');
  const [namespace, name] = (configMap ?? '').split('/');
  const object = view.objects('ConfigMap', namespace).find((candidate) => candidate.name === name);
  const watches = flag('watch-namespace');
  const version = /:v?1\.(\d+)\.\d+/.exec(image)?.[1];
  const weighsRisk = words.includes('--enable-annotation-validation') ? 'true' : flag('enable-annotation-validation');
  return {
    workload: workloadName(workload),
    ingressClass: flag('ingress-class') ?? 'nginx',
    controllerClass: flag('controller-class') ?? DEFAULT_CONTROLLER_CLASS,
    ...(version !== undefined && { version: Number(version) }),
    ...(weighsRisk !== undefined && { weighsRisk: weighsRisk === 'true' }),
    ...(watches === undefined || watches === '' ? {} : { watches }),
    settings: object === undefined ? {} : cursor(object).get('data').stringMap(),
    ...(configMap === undefined ? {} : { configMap }),
    configMapFound: object !== undefined,
    ...(tcpServices === undefined ? {} : { tcpServices }),
    origin: object === undefined ? origin : cursor(object).get('data').origin,
  };
}
