/** Middlewares of Traefik that send every request to HTTPS. https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/redirectscheme/ */
import type { Cursor } from '../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';

/** `unknown`: by a middleware that is not in the repository, or is code, perhaps. */
export type Redirecting = 'yes' | 'no' | 'unknown';

/** Whether any of the middlewares does, by the names that providers give them: `shop-https@kubernetescrd`. */
export function anyRedirects(view: PlatformView, names: readonly string[]): Redirecting {
  const all = middlewares(view);
  return whether(
    view,
    names.map((name) => all.find((one) => `${placed(one).replace('/', '-')}@kubernetescrd` === name)),
  );
}

/** The same of the middlewares that a route of an IngressRoute, or a chain, names. */
export function refersToRedirect(
  view: PlatformView,
  references: readonly { namespace: string; name: string }[],
): Redirecting {
  const all = middlewares(view);
  return whether(
    view,
    references.map(({ namespace, name }) => all.find((one) => placed(one) === `${namespace}/${name}`)),
  );
}

function whether(view: PlatformView, found: readonly (KubeObject | undefined)[], depth = 0): Redirecting {
  const answers = found.map((one) => (one === undefined ? 'unknown' : redirectsItself(view, one, depth)));
  return answers.find((answer) => answer === 'yes') ?? answers.find((answer) => answer === 'unknown') ?? 'no';
}

/** Chains of chains are followed a few deep. */
const DEEPEST_CHAIN = 5;

function redirectsItself(view: PlatformView, middleware: KubeObject, depth: number): Redirecting {
  const spec = cursor(middleware).get('spec');
  if (spec.get('redirectScheme', 'scheme').string() === 'https') return 'yes';
  if (spec.get('headers', 'sslRedirect').boolean() === true || sendsAllOn(spec.get('redirectRegex'))) return 'yes';
  if (spec.get('plugin').exists || depth === DEEPEST_CHAIN) return 'unknown';
  const links = spec
    .get('chain', 'middlewares')
    .items()
    .map(
      (link) => `${link.get('namespace').string() ?? middleware.namespace ?? 'default'}/${link.get('name').string()}`,
    );
  return whether(
    view,
    links.map((link) => middlewares(view).find((one) => placed(one) === link)),
    depth + 1,
  );
}

/** One that sends `www` elsewhere, say, answers all others. */
function sendsAllOn(redirect: Cursor): boolean {
  const isAnything = /^\^?http:\/\/\(?\.[*+]\)?\$?$/.test(redirect.get('regex').string() ?? '');
  return isAnything && redirect.get('replacement').string()?.startsWith('https://') === true;
}

function middlewares(view: PlatformView): readonly KubeObject[] {
  return [...view.objects('Middleware.traefik.io'), ...view.objects('Middleware.traefik.containo.us')];
}

function placed({ namespace = 'default', name }: KubeObject): string {
  return `${namespace}/${name}`;
}
