import { cursor } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { controllerFor, ingressFamily } from '../../proofs/edge/controllers.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { named, nginxServers } from '../../proofs/edge/nginx.ts';

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

/** The proxies that end TLS for the routes: ingress-nginx by its ConfigMap, nginx by its configuration. */
export function proxySettings(view: PlatformView, routes: readonly PublicRoute[]): ProxySettings[] {
  const proxies = routes.filter(({ tls }) => tls !== 'passthrough').map((route) => settingsOf(view, route));
  return [...new Map(proxies.map((proxy) => [proxy.name, proxy])).values()];
}

function settingsOf(view: PlatformView, route: PublicRoute): ProxySettings {
  if (route.kind === 'nginx') return nginxServer(view, route);
  const family = route.kind === 'ingress' ? ingressFamily(view, route.edges[0], route.annotations) : 'unknown';
  const controller = family === 'nginx' ? controllerFor(view, route.edges[0], route.namespace) : undefined;
  const snippets = ['configuration-snippet', 'server-snippet']
    .map((name) => route.annotations[`nginx.ingress.kubernetes.io/${name}`] ?? '')
    .join('\n');
  if (controller === undefined || !controller.configMapFound)
    return {
      name: `what serves ${route.edges.join(', ') || 'the default class'}`,
      known: false,
      headers: headersIn(snippets),
      origin: route.origin,
    };
  const { settings, configMap = '', origin } = controller;
  const at = (key: string): Origin => ({ ...origin, pointer: [...(origin.pointer ?? []), key] });
  const protocols = settings['ssl-protocols'];
  const hsts = settings['hsts'] === 'false' ? 0 : Number(settings['hsts-max-age'] ?? NGINX_HSTS);
  return {
    name: `ConfigMap ${configMap}`,
    known: true,
    ...(protocols === undefined ? {} : { protocols: { value: protocols, origin: at('ssl-protocols') } }),
    hsts: {
      value: hsts,
      origin:
        settings['hsts'] === 'false'
          ? at('hsts')
          : settings['hsts-max-age'] === undefined
            ? origin
            : at('hsts-max-age'),
    },
    headers: [
      ...addedHeaders(view, settings['add-headers']),
      ...headersIn(`${snippets}\n${settings['server-snippet'] ?? ''}\n${settings['http-snippet'] ?? ''}`),
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

function nginxServer(view: PlatformView, route: PublicRoute): ProxySettings {
  const found = nginxServers(view).find(({ server }) => server.origin === route.hostOrigin);
  const inherited = [...(found?.around.flat() ?? []), ...(found?.server.children ?? [])];
  const protocols = inherited.findLast(({ name }) => name === 'ssl_protocols');
  // add_header replaces what is inherited: the innermost level that has any counts alone.
  const own = found === undefined ? [] : named(found.server, 'add_header');
  const outer =
    found?.around
      .map((level) => level.filter(({ name }) => name === 'add_header'))
      .findLast((level) => level.length > 0) ?? [];
  const headers = own.length > 0 ? own : outer;
  const hsts = headers.find(({ args }) => args[0]?.toLowerCase() === 'strict-transport-security');
  return {
    name: `server ${found?.names.join(' ') ?? ''} in ${route.name}`,
    known: found !== undefined,
    ...(protocols === undefined ? {} : { protocols: { value: protocols.args.join(' '), origin: protocols.origin } }),
    hsts: {
      value: Number(/max-age=(\d+)/.exec(hsts?.args[1] ?? '')?.[1] ?? 0),
      origin: hsts?.origin ?? route.hostOrigin,
    },
    headers: headers.flatMap(({ args }) => args[0]?.toLowerCase() ?? []),
    origin: route.hostOrigin,
  };
}
