import type { Directive, DirectiveDocument } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { resolveBackend } from './backends.ts';
import type { Backend, MatchKind, PublicRoute } from './types.ts';

/** A server block of an nginx configuration with all that surrounds it, innermost last: a setting is inherited from outside. */
export interface NginxServer {
  readonly path: string;
  readonly names: readonly string[];
  readonly tls: boolean;
  readonly server: Directive;
  /** Blocks around it, from the outermost: the file's top level, `http`. */
  readonly around: readonly (readonly Directive[])[];
  readonly upstreams: readonly Directive[];
}

/** The servers of nginx configurations, where the spec says that nginx is the edge; otherwise none of them is known to be public. */
export function nginxServers(view: PlatformView): NginxServer[] {
  if (view.spec.edge?.kind !== 'nginx') return [];
  const files = view.directives('nginx-conf');
  return files.flatMap(({ path, directives }) => {
    const http = directives.find(({ name }) => name === 'http');
    const inside = http?.children ?? directives;
    const around = http === undefined ? [...includers(files, path), directives] : [directives, inside];
    const upstreams = inside.filter(({ name }) => name === 'upstream');
    return inside
      .filter(({ name }) => name === 'server')
      .map((server) => ({
        path,
        names: named(server, 'server_name').flatMap(({ args }) => args),
        tls: named(server, 'listen').some(({ args }) => args.includes('ssl') || args.includes('quic')),
        server,
        around,
        upstreams,
      }));
  });
}

/** The levels of the file whose `http` includes a file, which hold for it as well; none where that file is not seen. */
function includers(files: readonly DirectiveDocument[], path: string): (readonly Directive[])[] {
  const all = files.map(({ directives }) => ({ directives, http: directives.find(({ name }) => name === 'http') }));
  const found = all.find(
    ({ http }) => http !== undefined && named(http, 'include').some(({ args }) => isMeant(args[0] ?? '', path)),
  );
  return found === undefined ? [] : [found.directives, found.http?.children ?? []];
}

/** Whether a pattern such as `/etc/nginx/conf.d/*.conf` is for a file of the repository, by its last folders. */
function isMeant(pattern: string, path: string): boolean {
  const relative = pattern.replace(/^\/etc\/nginx\/|^\.?\//, '');
  const source = relative.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '[^/]*');
  return new RegExp(`(?:^|/)${source}$`).test(path);
}

/** The server that a route was read from. */
export function serverOf(view: PlatformView, route: PublicRoute): NginxServer | undefined {
  return route.kind === 'nginx'
    ? nginxServers(view).find(({ server }) => server.origin === route.hostOrigin)
    : undefined;
}

/** The directives that a route of nginx is under, level by level from the outermost: the file, `http`, the server, its locations. */
export function levelsOf(view: PlatformView, route: PublicRoute): readonly (readonly Directive[])[] {
  const found = serverOf(view, route);
  if (found === undefined) return [];
  const way = wayTo(found.server, route) ?? [];
  return [...found.around, ...[found.server, ...way].map(({ children = [] }) => children)];
}

/** Files that distributions ship, which set neither limits nor headers of a request to a proxied server. */
const OF_DISTRIBUTIONS =
  /(?:^|\/)(?:mime\.types|(?:fastcgi|uwsgi|scgi)_params|fastcgi\.conf)$|(?:^|\/)modules(?:-enabled)?\//;

/** The first file that those levels include, any of which is not read and may say more. */
export function includedIn(levels: readonly (readonly Directive[])[]): Directive | undefined {
  return levels.flat().find(({ name, args }) => name === 'include' && !OF_DISTRIBUTIONS.test(args[0] ?? ''));
}

/** The locations around the one of a route, itself included. */
function wayTo(block: Directive, route: PublicRoute): Directive[] | undefined {
  for (const location of named(block, 'location')) {
    if (location.origin === route.origin) return [location];
    const inner = wayTo(location, route);
    if (inner !== undefined) return [location, ...inner];
  }
  return undefined;
}

/** The locations of those servers that hand requests on. */
export function nginxRoutes(view: PlatformView): PublicRoute[] {
  return nginxServers(view).flatMap((server) =>
    locationsOf(server.server).flatMap((location) => {
      const pass = (location.children ?? []).find(({ name }) => /^(?:proxy|grpc|uwsgi|fastcgi)_pass$/.test(name));
      return pass === undefined ? [] : routesOf(view, server, location, pass);
    }),
  );
}

/** The directives of a name directly in a block. */
export function named(block: Directive, name: string): Directive[] {
  return (block.children ?? []).filter((directive) => directive.name === name);
}

/** The locations of a server, nested ones included. */
export function locationsOf(block: Directive): Directive[] {
  return named(block, 'location').flatMap((location) => [location, ...locationsOf(location)]);
}

function routesOf(view: PlatformView, server: NginxServer, location: Directive, pass: Directive): PublicRoute[] {
  const names = server.names.length === 0 ? [undefined] : server.names.map((name) => (name === '_' ? undefined : name));
  const common = {
    source: `server in ${server.path}`,
    kind: 'nginx' as const,
    namespace: '',
    name: server.path,
    ...pathOf(location.args),
    protocol: pass.name === 'grpc_pass' ? ('grpc' as const) : ('http' as const),
    tls: server.tls ? ('yes' as const) : ('no' as const),
    plain: listensPlain(server.server),
    certificates: named(server.server, 'ssl_certificate').flatMap(({ args }) => args),
    edges: [server.path],
    annotations: {},
    backends: [backendOf(view, server, pass)],
    origin: location.origin,
    hostOrigin: server.server.origin,
  };
  return names.map((host) => ({ ...common, host }));
}

/** nginx listens on port 80 where nothing is said. */
function listensPlain(server: Directive): boolean {
  const listens = named(server, 'listen');
  return listens.length === 0 || listens.some(({ args }) => !args.includes('ssl') && !args.includes('quic'));
}

function pathOf(args: readonly string[]): { path: string; match: MatchKind } {
  const [modifier = '/', path] = args;
  if (path === undefined) return { path: modifier, match: 'characters' };
  if (modifier === '=') return { path, match: 'exact' };
  return { path, match: modifier === '^~' ? 'characters' : 'regex' };
}

function backendOf(view: PlatformView, server: NginxServer, pass: Directive): Backend {
  const target = (pass.args[0] ?? '').replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '');
  const upstream = server.upstreams.find(({ args }) => args[0] === target);
  const address = upstream === undefined ? target : (named(upstream, 'server')[0]?.args[0] ?? '');
  const inCluster = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?(?::(\d+))?$/.exec(address);
  if (inCluster !== null)
    return resolveBackend(view, {
      namespace: inCluster[2] ?? '',
      service: inCluster[1] ?? '',
      port: Number(inCluster[3] ?? 80),
      origin: pass.origin,
    });
  return {
    name: address,
    live: 'unknown',
    because: 'who answers at this address is not in the repository',
    fromAbsence: false,
    targetPorts: [],
    workloads: [],
    origin: pass.origin,
  };
}
