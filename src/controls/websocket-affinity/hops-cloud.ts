/** Load balancers of clouds, by Terraform, by annotations of a Service and by Google's policies. */
import type { HclBlock } from '../../model/document.ts';
import { cursor, workloadName, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { workloadsBehind } from '../../model/service-pods.ts';
import { controllerFor, ingressFamily } from '../../proofs/edge/controllers.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { backendConfigOf } from '../../proofs/edge/google.ts';
import { annotationsOf } from '../../proofs/edge/ingress.ts';
import { serviceNames, servicesOf } from '../../proofs/edge/services.ts';
import { publicBalancers } from '../../proofs/edge/terraform.ts';
import type { Hop } from './hops.ts';

/** Where nothing is said: application and classic load balancers 60 s, network load balancers 350 s, Azure 4 min. */
const ALB_IDLE = 60;
const NLB_IDLE = 350;
const AZURE_MINUTES = 4;

/** Google: the backend service's timeout bounds a websocket's whole life, 30 s where nothing is said. */
const GCE_TIMEOUT = 30;

export function googleHops(view: PlatformView, route: PublicRoute): Hop[] {
  const policy = googlePolicy(view, route);
  if (policy !== undefined) return [policy];
  if (route.kind !== 'ingress' || ingressFamily(view, route.edges[0], route.annotations) !== 'gce') return [];
  const config = servicesOf(view, route)
    .map((service) => backendConfigOf(view, service))
    .find((object) => object !== undefined && cursor(object).get('spec', 'timeoutSec').exists);
  const timeout = config === undefined ? undefined : cursor(config).get('spec', 'timeoutSec');
  return [
    {
      what: `timeoutSec of ${config === undefined ? `the backend of ${route.source} (the default)` : `BackendConfig ${config.name}`}`,
      seconds: timeout?.integer() ?? GCE_TIMEOUT,
      bounds: 'life',
      origin: timeout?.origin ?? route.origin,
    },
  ];
}

function googlePolicy(view: PlatformView, route: PublicRoute): Hop | undefined {
  const names = serviceNames(route).map((name) => name.slice(name.indexOf('/') + 1));
  for (const policy of view.objects('GCPBackendPolicy', route.namespace)) {
    const spec = cursor(policy).get('spec');
    const timeout = spec.get('default', 'timeoutSec');
    const seconds = timeout.integer();
    if (seconds !== undefined && names.includes(spec.get('targetRef', 'name').string() ?? ''))
      return { what: `timeoutSec of GCPBackendPolicy ${policy.name}`, seconds, bounds: 'life', origin: timeout.origin };
  }
  return undefined;
}

/** Load balancers of Terraform in front of the controllers; an Ingress of the AWS controller has its own. */
export function balancerHops(view: PlatformView, route: PublicRoute): Hop[] {
  if (Object.keys(route.annotations).some((key) => key.startsWith('alb.ingress.kubernetes.io/'))) return [];
  return publicBalancers(view).flatMap(({ name, type, block, listeners }) => {
    if (type === 'application') return [terraformHop(block, 'idle_timeout', name, ALB_IDLE)];
    const tcp = listeners.filter(({ attributes }) => attributes['protocol']?.literal !== 'UDP');
    return type === 'network'
      ? tcp.map((listener) => terraformHop(listener, 'tcp_idle_timeout_seconds', name, NLB_IDLE))
      : [];
  });
}

function terraformHop(block: HclBlock, field: string, name: string, fallback: number): Hop {
  const timeout = block.attributes[field];
  const what = `${field} of ${name}${timeout === undefined ? ' (the default)' : ''}`;
  const base = { what, bounds: 'silence', origin: timeout?.origin ?? block.origin } as const;
  if (timeout === undefined) return { ...base, seconds: fallback };
  return typeof timeout.literal === 'number'
    ? { ...base, seconds: timeout.literal }
    : { ...base, unknown: `it is ${timeout.text}` };
}

/** The load balancer that a Service of the ingress controller asks its cloud for, where annotations tell which cloud. */
export function serviceBalancerHops(view: PlatformView, route: PublicRoute): Hop[] {
  const controller = route.kind === 'ingress' ? controllerFor(view, route.edges[0], route.namespace) : undefined;
  if (controller === undefined) return [];
  return view
    .objects('Service')
    .filter((service) => cursor(service).get('spec', 'type').string() === 'LoadBalancer')
    .filter((service) => {
      return workloadsBehind(view, service).some((workload) => workloadName(workload) === controller.workload);
    })
    .flatMap(serviceHop);
}

const PREFIX = 'service.beta.kubernetes.io/';

function serviceHop(service: KubeObject): Hop[] {
  const annotations = annotationsOf(service);
  const own = (name: string): string | undefined => annotations[`${PREFIX}${name}`];
  const name = `Service ${service.namespace ?? 'default'}/${service.name}`;
  const hop = (what: string, seconds: number, key: string): Hop[] => {
    const at = cursor(service).get('metadata', 'annotations', `${PREFIX}${key}`);
    return [
      {
        what: `${what} of ${name}${at.exists ? '' : ' (the default)'}`,
        seconds,
        bounds: 'silence',
        origin: at.exists ? at.origin : service.origin,
      },
    ];
  };
  const keys = Object.keys(annotations);
  if (keys.some((key) => key.startsWith(`${PREFIX}azure-`)))
    return hop(
      'TCP idle timeout',
      Number(own('azure-load-balancer-tcp-idle-timeout') ?? AZURE_MINUTES) * 60,
      'azure-load-balancer-tcp-idle-timeout',
    );
  if (!keys.some((key) => key.startsWith(`${PREFIX}aws-`))) return [];
  if (/^(?:nlb|nlb-ip|external)$/.test(own('aws-load-balancer-type') ?? '')) {
    const listener = keys.find((key) => key.startsWith(`${PREFIX}aws-load-balancer-listener-attributes.`));
    const held = /tcp\.idle_timeout\.seconds=(\d+)/.exec(
      listener === undefined ? '' : (annotations[listener] ?? ''),
    )?.[1];
    return hop('TCP idle timeout', Number(held ?? NLB_IDLE), listener?.slice(PREFIX.length) ?? 'none');
  }
  const idle = 'aws-load-balancer-connection-idle-timeout';
  return hop('idle timeout', Number(own(idle) ?? ALB_IDLE), idle);
}
