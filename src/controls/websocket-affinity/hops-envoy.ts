/**
 * Envoy, as the Gateway API and Istio configure it. Its route timeout begins when the request is complete (router.cc:
 * `onRequestComplete`), which that of a websocket never is: it bounds event streams alone.
 */
import type { Cursor } from '../../model/cursor.ts';
import { cursor } from '../../model/kube.ts';
import { parseDuration } from '../../model/duration.ts';
import type { PlatformView } from '../../model/platform.ts';
import { policiesFor } from '../../proofs/edge/envoy-gateway.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { ruleOf } from '../../proofs/edge/rules.ts';
import type { Hop, StreamProtocol } from './hops.ts';

/** `stream_idle_timeout` where nothing is said. https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts */
const STREAM_IDLE = 300;

export function gatewayHops(view: PlatformView, route: PublicRoute, protocol: StreamProtocol): Hop[] {
  if (route.kind !== 'gateway-api') return [];
  const rule = ruleOf(view, route);
  const timeouts = ['request', 'backendRequest'].flatMap((field) =>
    rule === undefined ? [] : lifeHop(rule.get('timeouts', field), `timeouts.${field} of ${route.source}`, protocol),
  );
  return [...timeouts, ...backendPolicies(view, route, protocol), ...clientPolicies(view, route)];
}

/** `connectionIdleTimeout` of a policy counts connections without a request, never one that carries a stream. */
function backendPolicies(view: PlatformView, route: PublicRoute, protocol: StreamProtocol): Hop[] {
  return policiesFor(view, 'BackendTrafficPolicy', route).flatMap((policy) => {
    const http = cursor(policy).get('spec', 'timeout', 'http');
    const longest = http.get('maxStreamDuration');
    const seconds = parseDuration(longest.string() ?? '');
    const life: Hop[] =
      seconds === undefined || seconds === 0
        ? []
        : [
            {
              what: `maxStreamDuration of BackendTrafficPolicy ${policy.name}`,
              seconds,
              bounds: 'life',
              origin: longest.origin,
            },
          ];
    return [
      ...life,
      ...lifeHop(http.get('requestTimeout'), `requestTimeout of BackendTrafficPolicy ${policy.name}`, protocol),
    ];
  });
}

/** Envoy Gateway: the stream's own idle timeout, which its default leaves at Envoy's. */
function clientPolicies(view: PlatformView, route: PublicRoute): Hop[] {
  const isEnvoy = view
    .objects('GatewayClass')
    .some((object) =>
      (cursor(object).get('spec', 'controllerName').string() ?? '').startsWith('gateway.envoyproxy.io/'),
    );
  const policies = policiesFor(view, 'ClientTrafficPolicy', route);
  const at = policies
    .map((policy) => cursor(policy).get('spec', 'timeout', 'http', 'streamIdleTimeout'))
    .find(({ exists }) => exists);
  const seconds = parseDuration(at?.string() ?? '');
  if (at === undefined || seconds === undefined)
    return isEnvoy || policies.length > 0
      ? [
          {
            what: `stream idle timeout of Envoy at ${route.source} (the default)`,
            seconds: STREAM_IDLE,
            bounds: 'silence',
            origin: route.origin,
          },
        ]
      : [];
  const what = `streamIdleTimeout of the ClientTrafficPolicy of ${route.source}`;
  return [{ what, ...(seconds > 0 && { seconds }), bounds: 'silence', origin: at.origin }];
}

/** Istio switches the idle timeout of streams off; `timeout` of the rule is Envoy's route timeout. */
export function meshHops(view: PlatformView, route: PublicRoute, protocol: StreamProtocol): Hop[] {
  if (route.kind !== 'istio') return [];
  const rule = ruleOf(view, route);
  const life = rule === undefined ? [] : lifeHop(rule.get('timeout'), `timeout of ${route.source}`, protocol);
  return [{ what: `Envoy at ${route.source}`, bounds: 'silence', origin: route.origin }, ...life];
}

function lifeHop(at: Cursor, what: string, protocol: StreamProtocol): Hop[] {
  const seconds = parseDuration(at.string() ?? '');
  if (protocol !== 'sse' || seconds === undefined || seconds === 0) return [];
  return [{ what, seconds, bounds: 'life', origin: at.origin }];
}
