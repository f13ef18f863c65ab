/**
 * Canary Ingresses of ingress-nginx: a second way behind the paths of a main Ingress, whose server, certificate and annotations hold for it; of its
 * own ones the controller reads those about the canary, the balancing and the affinity.
 * https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary
 */
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';

const PREFIX = 'nginx.ingress.kubernetes.io/';
const OF_SESSIONS = /^(?:affinity|session-cookie-)/;
const OF_CANARY = /^(?:canary|load-balance$|upstream-hash-by)/;

type Annotations = Readonly<Record<string, string>>;

/** The Ingress that a canary stands beside, by a host and path that both have; none for what is no canary, or where its main one is not in the repository. */
export function mainOf(view: PlatformView, object: KubeObject): KubeObject | undefined {
  if (!isCanary(object)) return undefined;
  const own = places(object);
  return view
    .objects('Ingress.networking.k8s.io')
    .find(
      (other) => !isCanary(other) && classOf(other) === classOf(object) && places(other).some((at) => own.includes(at)),
    );
}

/** The annotations that hold for a canary beside its main Ingress. */
export function canaryAnnotations(main: KubeObject, canary: KubeObject): Annotations {
  const inherited = annotationsIn(main);
  const forgets = inherited[`${PREFIX}affinity-canary-behavior`] === 'legacy';
  return Object.fromEntries([
    ...Object.entries(inherited).filter(([key]) => !(forgets && OF_SESSIONS.test(bare(key)))),
    ...Object.entries(annotationsIn(canary)).filter(([key]) => isReadOfCanary(key)),
  ]);
}

/** The Ingress whose annotation of a name holds: of a canary mostly its main one. */
export function speakerOf(view: PlatformView, object: KubeObject, key: string): KubeObject {
  const main = mainOf(view, object);
  return main === undefined || (isReadOfCanary(key) && key in annotationsIn(object)) ? object : main;
}

function isReadOfCanary(key: string): boolean {
  return OF_CANARY.test(bare(key)) || OF_SESSIONS.test(bare(key));
}

function bare(key: string): string {
  return key.startsWith(PREFIX) ? key.slice(PREFIX.length) : '';
}

function isCanary(object: KubeObject): boolean {
  return annotationsIn(object)[`${PREFIX}canary`] === 'true';
}

function annotationsIn(object: KubeObject): Annotations {
  return cursor(object).get('metadata', 'annotations').stringMap();
}

function classOf(object: KubeObject): string | undefined {
  return (
    cursor(object).get('spec', 'ingressClassName').string() ?? annotationsIn(object)['kubernetes.io/ingress.class']
  );
}

/** `api.example.com /v1`, once for each rule's path. */
function places(object: KubeObject): string[] {
  return cursor(object)
    .get('spec', 'rules')
    .items()
    .flatMap((rule) =>
      rule
        .get('http', 'paths')
        .items()
        .map((path) => `${rule.get('host').string() ?? ''} ${path.get('path').string() ?? '/'}`),
    );
}
