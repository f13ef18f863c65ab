import { cursor } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { controllerFor, ingressFamily } from '../../proofs/edge/controllers.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { takesSnippets } from '../../proofs/edge/snippets.ts';
import { levelsOf, serverOf } from '../../proofs/edge/nginx.ts';

/** What a proxy says to every client: versions of TLS, HSTS, headers. */
export interface ProxySettings {
  readonly name: string;
  /** False where the proxy's configuration is not in the repository; the rest is then unknown. */
  readonly known: boolean;
  /** Versions it is told to speak; undefined: its own default, TLS 1.2 and 1.3. */
  readonly protocols?: { readonly value: string; readonly origin: Origin };
  /** Seconds of HSTS, 0 for none. */
  readonly hsts?: { readonly value: number; readonly origin: Origin };
  /** Names of the response headers it adds, in lower case. */
  readonly headers: readonly string[];
  readonly origin: Origin;
}

/** ingress-nginx sends HSTS of half a year unless told otherwise (`hsts-max-age`). */
const NGINX_HSTS = 15_724_800;

/** What Go's `ParseBool` takes for false, and the controller with it. */
export const FALSE = /^(?:0|f|F|false|FALSE|False)$/;

/** The proxies that end TLS for the routes: ingress-nginx by its ConfigMap, nginx by its configuration. */
export function proxySettings(view: PlatformView, routes: readonly PublicRoute[]): ProxySettings[] {
  const proxies = routes.filter(({ tls }) => tls !== 'passthrough').map((route) => settingsOf(view, route));
  return [...new Map(proxies.map((proxy) => [proxy.name, proxy])).values()];
}

function settingsOf(view: PlatformView, route: PublicRoute): ProxySettings {
  if (route.kind === 'nginx') return nginxServer(view, route);
  const family = route.kind === 'ingress' ? ingressFamily(view, route.edges[0], route.annotations) : 'unknown';
  const controller = family === 'nginx' ? controllerFor(view, route.edges[0], route.namespace) : undefined;
  const taken = takesSnippets(controller);
  const own = headersIn(
    ['configuration-snippet', 'server-snippet']
      .map((name) => (taken === 'no' ? '' : (route.annotations[`nginx.ingress.kubernetes.io/${name}`] ?? '')))
      .join('\n'),
  );
  if (controller === undefined || !controller.configMapFound)
    return {
      name: `what serves ${route.edges.join(', ') || 'the default class'}`,
      known: false,
      headers: own,
      origin: route.origin,
    };
  if (taken === 'unknown' && own.length > 0)
    return {
      name: `the ingress-nginx behind ${route.source}, of which it is not known whether it takes snippets,`,
      known: false,
      headers: own,
      origin: route.origin,
    };
  const { settings, configMap = '', origin } = controller;
  const at = (key: string): Origin => ({ ...origin, pointer: [...(origin.pointer ?? []), key] });
  const protocols = settings['ssl-protocols'];
  const age = settings['hsts-max-age'] ?? String(NGINX_HSTS);
  // The text is sent as it is, and what is no number is no max-age (RFC 6797, 6.1.1).
  const isOff = FALSE.test(settings['hsts'] ?? '');
  const hsts = isOff || !/^\d+$/.test(age) ? 0 : Number(age);
  return {
    // Headers of its own are for that Ingress alone.
    name: own.length === 0 ? `ConfigMap ${configMap}` : `${route.source} under ConfigMap ${configMap}`,
    known: true,
    ...(protocols === undefined ? {} : { protocols: { value: protocols, origin: at('ssl-protocols') } }),
    hsts: {
      value: hsts,
      origin: isOff ? at('hsts') : settings['hsts-max-age'] === undefined ? origin : at('hsts-max-age'),
    },
    headers: [
      ...addedHeaders(view, settings['add-headers']),
      ...own,
      ...headersIn(`${settings['server-snippet'] ?? ''}\n${settings['http-snippet'] ?? ''}`),
    ],
    origin,
  };
}

function addedHeaders(view: PlatformView, reference: string | undefined): string[] {
  const [namespace, name] = (reference ?? '').split('/');
  const object = view.objects('ConfigMap', namespace).find((candidate) => candidate.name === name);
  if (object === undefined) return [];
  return Object.keys(cursor(object).get('data').stringMap()).map((header) => header.toLowerCase());
}

function headersIn(snippet: string): string[] {
  return [...snippet.matchAll(/(?:add_header|more_set_headers)\s+["']?([A-Za-z-]+)/g)].map(([, header = '']) =>
    header.toLowerCase(),
  );
}

/**
 * A location that adds a header of its own sends none of those around it: `add_header` is inherited only where the level has none.
 * https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header
 */
function nginxServer(view: PlatformView, route: PublicRoute): ProxySettings {
  const found = serverOf(view, route);
  const levels = levelsOf(view, route);
  const protocols = levels.flat().findLast(({ name }) => name === 'ssl_protocols');
  const added = levels.map((level) => level.filter(({ name }) => name === 'add_header'));
  const depth = added.findLastIndex((level) => level.length > 0);
  const headers = added[depth] ?? [];
  const ofLocation = found !== undefined && depth > found.around.length;
  const hsts = headers.find(({ args }) => args[0]?.toLowerCase() === 'strict-transport-security');
  const origin = ofLocation ? route.origin : route.hostOrigin;
  return {
    name: `${ofLocation ? `location ${route.path} of ` : ''}server ${found?.names.join(' ') ?? ''} in ${route.name}`,
    known: found !== undefined,
    ...(protocols === undefined ? {} : { protocols: { value: protocols.args.join(' '), origin: protocols.origin } }),
    hsts: {
      value: Number(/max-age="?(\d+)/.exec(hsts?.args[1] ?? '')?.[1] ?? 0),
      origin: hsts?.origin ?? origin,
    },
    headers: headers.flatMap(({ args }) => args[0]?.toLowerCase() ?? []),
    origin,
  };
}
