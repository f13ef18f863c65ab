/**
 * Whether HAProxy's controllers redirect a host with TLS, as both do unless told otherwise: by the Ingress, else the ConfigMap.
 * https://www.haproxy.com/documentation/kubernetes-ingress/community/configuration-reference/ingress/#ssl-redirect (haproxytech),
 * https://haproxy-ingress.github.io/docs/configuration/keys/#ssl-redirect (jcmoraisjr)
 */
import { containers, cursor, type KubeObject, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { FALSE } from './proxies.ts';

const KEY = 'ssl-redirect';

/** Prefixes of annotations that one of the controllers reads. */
const PREFIXES = ['haproxy.org', 'haproxy.com', 'haproxy-ingress.github.io', 'ingress.kubernetes.io'];

interface Controller {
  readonly ingressClass: string;
  readonly configMap: KubeObject | undefined;
}

/** What turns the redirect of a route off, in words; undefined where it is on, or where the ConfigMap is elsewhere. */
export function turnedOffBy(view: PlatformView, route: PublicRoute): string | undefined {
  const own = PREFIXES.map((prefix) => `${prefix}/${KEY}`).find((key) => route.annotations[key] !== undefined);
  if (own !== undefined) return FALSE.test(route.annotations[own] ?? '') ? own : undefined;
  if (isParted(view, route.edges[0])) return undefined;
  const { configMap } = controllerFor(view, route.edges[0]) ?? {};
  if (configMap === undefined || servicesSay(view, route)) return undefined;
  const value = cursor(configMap).get('data').stringMap()[KEY] ?? 'true';
  return FALSE.test(value) ? `${KEY} from ConfigMap ${configMap.namespace}/${configMap.name}` : undefined;
}

/** The class has settings of its own, over those of the ConfigMap. */
function isParted(view: PlatformView, ingressClass: string | undefined): boolean {
  const declared = view.objects('IngressClass').find(({ name }) => name === ingressClass);
  return declared !== undefined && cursor(declared).get('spec', 'parameters').exists;
}

/** Annotations of a Service stand over the ConfigMap, with jcmoraisjr's. */
function servicesSay(view: PlatformView, { namespace, backends }: PublicRoute): boolean {
  return view.objects('Service', namespace).some((service) => {
    const annotations = cursor(service).get('metadata', 'annotations').stringMap();
    const own = `Service ${namespace}/${service.name}`;
    const isBehind = backends.some(({ name }) => name === own || name.startsWith(`${own}:`));
    return isBehind && PREFIXES.some((prefix) => annotations[`${prefix}/${KEY}`] !== undefined);
  });
}

/** The only one, or the one that was told to serve the class. */
function controllerFor(view: PlatformView, ingressClass: string | undefined): Controller | undefined {
  const [first, ...more] = controllers(view);
  return more.length === 0 ? first : controllers(view).find((one) => one.ingressClass === ingressClass);
}

const controllers = oncePerPlatform((view: PlatformView): readonly Controller[] =>
  view.workloads().flatMap((workload) =>
    containers(workload)
      .filter(({ at }) =>
        /(?:^|\/)(?:haproxytech\/kubernetes-ingress|haproxy-ingress)(?:[:@]|$)/.test(at.get('image').string() ?? ''),
      )
      .map(({ at }) => controllerIn(view, workload, at.get('args').strings())),
  ),
);

function controllerIn(view: PlatformView, workload: Workload, words: readonly string[]): Controller {
  const flag = (name: string): string | undefined =>
    words.findLast((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  const path = flag('configmap')?.replace('$(POD_NAMESPACE)', workload.namespace) ?? '';
  const [namespace, name] = path.split('/');
  return {
    ingressClass: flag('ingress.class') ?? flag('ingress-class') ?? 'haproxy',
    configMap: view.objects('ConfigMap', namespace).find((candidate) => candidate.name === name),
  };
}
