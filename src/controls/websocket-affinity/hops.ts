import { cursor } from '../../model/kube.ts';
import { parseDuration } from '../../model/duration.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { ingressFamily } from '../../proofs/edge/controllers.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { annotationOrigin, parseTime, settingOf } from '../../proofs/edge/settings.ts';
import { publicBalancers } from '../../proofs/edge/terraform.ts';

/** A place on the way that cuts a silent connection. */
export interface Hop {
  readonly what: string;
  /** Seconds of silence it bears. */
  readonly seconds: number;
  readonly origin: Origin;
}

const ALB_ATTRIBUTES = 'alb.ingress.kubernetes.io/load-balancer-attributes';

/** AWS: 60 s where nothing is said. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
const ALB_IDLE = 60;

/** Google: the backend service's timeout bounds a websocket's whole life, 30 s where nothing is said. */
const GCE_TIMEOUT = 30;

/** Every idle timeout on the way of a route that the repository shows. */
export function hopsOf(view: PlatformView, route: PublicRoute): Hop[] {
  return [
    ...proxyHop(view, route),
    ...routeTimeouts(view, route),
    ...cloudHops(view, route),
    ...balancerHops(view, route),
  ];
}

function proxyHop(view: PlatformView, route: PublicRoute): Hop[] {
  const setting = settingOf(view, route, 'proxy-read-timeout');
  const seconds = setting === undefined ? undefined : parseTime(setting.value);
  if (setting === undefined || seconds === undefined) return [];
  return [
    {
      what: `proxy-read-timeout of ${route.source}${setting.from === 'default' ? ' (the default)' : ''}`,
      seconds,
      origin: setting.origin,
    },
  ];
}

/** `timeouts.request` of an HTTPRoute bounds the whole exchange in several implementations; idle timeouts of Envoy Gateway. */
function routeTimeouts(view: PlatformView, route: PublicRoute): Hop[] {
  if (route.kind !== 'gateway-api') return [];
  const gateways = route.edges.map((edge) => edge.slice(edge.indexOf('/') + 1));
  return view.objects('BackendTrafficPolicy').flatMap((policy) => {
    const spec = cursor(policy).get('spec');
    const targets = [spec.get('targetRef'), ...spec.get('targetRefs').items()].flatMap(
      (target) => target.get('name').string() ?? [],
    );
    const idle = spec.get('timeout', 'http', 'connectionIdleTimeout');
    const seconds = parseDuration(idle.string() ?? '');
    const meant = targets.some((name) => name === route.name || gateways.includes(name));
    return meant && seconds !== undefined
      ? [{ what: `connectionIdleTimeout of BackendTrafficPolicy ${policy.name}`, seconds, origin: idle.origin }]
      : [];
  });
}

function cloudHops(view: PlatformView, route: PublicRoute): Hop[] {
  if (route.kind !== 'ingress') return [];
  const family = ingressFamily(view, route.edges[0], route.annotations);
  if (family === 'alb') {
    const held = /idle_timeout\.timeout_seconds=(\d+)/.exec(route.annotations[ALB_ATTRIBUTES] ?? '')?.[1];
    return [
      {
        what: `idle timeout of the load balancer of ${route.source}${held === undefined ? ' (the default)' : ''}`,
        seconds: Number(held ?? ALB_IDLE),
        origin: annotationOrigin(view, route, ALB_ATTRIBUTES),
      },
    ];
  }
  return family === 'gce' ? [gceHop(view, route)] : [];
}

function gceHop(view: PlatformView, route: PublicRoute): Hop {
  const config = view
    .objects('BackendConfig', route.namespace)
    .find((object) => cursor(object).get('spec', 'timeoutSec').exists);
  const timeout = config === undefined ? undefined : cursor(config).get('spec', 'timeoutSec');
  return {
    what: `timeoutSec of ${config === undefined ? `the backend of ${route.source} (the default)` : `BackendConfig ${config.name}`}`,
    seconds: timeout?.integer() ?? GCE_TIMEOUT,
    origin: timeout?.origin ?? route.origin,
  };
}

/** Application load balancers of Terraform in front of the controllers; an Ingress of the AWS controller has its own. */
function balancerHops(view: PlatformView, route: PublicRoute): Hop[] {
  if (Object.keys(route.annotations).some((key) => key.startsWith('alb.ingress.kubernetes.io/'))) return [];
  return publicBalancers(view)
    .filter(({ type }) => type === 'application')
    .flatMap(({ name, block }) => {
      const timeout = block.attributes['idle_timeout'];
      const seconds = timeout === undefined ? ALB_IDLE : timeout.literal;
      return typeof seconds === 'number'
        ? [
            {
              what: `idle_timeout of ${name}${timeout === undefined ? ' (the default)' : ''}`,
              seconds,
              origin: timeout?.origin ?? block.origin,
            },
          ]
        : [];
    });
}
