import type { Directive } from '../../model/document.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { nginxControllers } from '../../proofs/edge/controllers.ts';
import { locationsOf, nginxServers } from '../../proofs/edge/nginx.ts';

/** How an edge comes to the id of a request. */
export interface EdgeId {
  readonly name: string;
  /** `made`: where it is absent and sent on; `passed`: only what the client sent goes on; `dropped`: nothing goes on; `unknown`: not in the repository. */
  readonly state: 'made' | 'passed' | 'dropped' | 'unknown';
  readonly origin: Origin;
}

export function edgesOf(view: PlatformView): EdgeId[] {
  return [...controllers(view), ...plainNginx(view), ...envoys(view)];
}

/** ingress-nginx takes the id of a request or makes one, and sends it on as X-Request-ID, unless `generate-request-id` is false. */
function controllers(view: PlatformView): EdgeId[] {
  return nginxControllers(view).map(({ settings, configMapFound, configMap, workload, origin }) => {
    const key = 'generate-request-id';
    if (!configMapFound && configMap !== undefined) return { name: workload, state: 'unknown', origin };
    const off = settings[key] === 'false';
    return {
      name: workload,
      state: off ? 'passed' : 'made',
      origin: settings[key] === undefined ? origin : below(origin, key),
    };
  });
}

const HEADERS = /^(?:x-request-id|x-correlation-id|request-id|traceparent)$/i;

/** Each location that hands requests on sets an id's header: `$request_id` is made anew, `$http_x_request_id` is what the client sent. */
function plainNginx(view: PlatformView): EdgeId[] {
  return nginxServers(view).flatMap(({ server, around, path, names }) =>
    locationsOf(server)
      .filter((location) => (location.children ?? []).some(({ name }) => /^(?:proxy|grpc)_pass$/.test(name)))
      .map((location): EdgeId => {
        const set = inherited([location, server], around);
        const values = set.filter(({ args }) => HEADERS.test(args[0] ?? '')).map(({ args }) => args[1] ?? '');
        const maps = around.flat().filter(({ name }) => name === 'map');
        const name = `location ${location.args.join(' ')} of ${names[0] ?? path}`;
        if (tracesItself([location, server], around)) return { name, state: 'made', origin: location.origin };
        if (values.length === 0) return { name, state: 'passed', origin: location.origin };
        const made = values.some((value) => isMade(value, maps));
        return {
          name,
          state: made ? 'made' : values.every((value) => value === '') ? 'dropped' : 'passed',
          origin: set[0]?.origin ?? location.origin,
        };
      }),
  );
}

/** nginx inherits `proxy_set_header` from outside only where a level has none of its own. */
function inherited(levels: readonly Directive[], around: readonly (readonly Directive[])[]): readonly Directive[] {
  const all = [...levels.map(({ children }) => children ?? []), ...around.toReversed()];
  const set = all.map((level) => level.filter(({ name }) => /^(?:proxy|grpc)_set_header$/.test(name)));
  return set.find((level) => level.length > 0) ?? [];
}

function tracesItself(levels: readonly Directive[], around: readonly (readonly Directive[])[]): boolean {
  const all = [...levels.map(({ children }) => children ?? []), ...around].flat();
  return all.some(
    ({ name, args }) => name === 'otel_trace_context' && (args[0] === 'inject' || args[0] === 'propagate'),
  );
}

/** `$request_id`, or a variable that a map makes of it. */
function isMade(value: string, maps: readonly Directive[]): boolean {
  if (/\$\{?request_id\b/.test(value)) return true;
  return maps.some(
    (map) =>
      map.args[1] === value &&
      (map.children ?? []).some(({ args }) => args.some((word) => word.includes('$request_id'))),
  );
}

/** Envoy makes x-request-id unless it is told otherwise; Envoy Gateway and Istio leave that as it is. */
function envoys(view: PlatformView): EdgeId[] {
  return view.objects('EnvoyProxy').map((object) => ({
    name: `EnvoyProxy ${object.namespace ?? 'default'}/${object.name}`,
    state: 'made',
    origin: object.origin,
  }));
}
