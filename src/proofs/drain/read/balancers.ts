/** Load balancers of clouds whose targets are pods: they learn of a leaving pod late and hold its connections for a while. */
import { cursor, type KubeObject, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { ingressFamily } from '../../edge/controllers.ts';
import { publicRoutesTo } from '../../edge/index.ts';
import { annotationOrigin } from '../../edge/settings.ts';
import { annotationsOf } from '../../edge/ingress.ts';
import { groupSetting, targetType } from '../../edge/target-type.ts';
import { present } from '../../disruption/read/present.ts';
import type { Balancer } from '../types.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
const AWS_DELAY = 300;
const DELAY = /deregistration_delay\.timeout_seconds=(\d+)/;
const ALB_ATTRIBUTES = 'alb.ingress.kubernetes.io/target-group-attributes';
const NLB_ATTRIBUTES = 'service.beta.kubernetes.io/aws-load-balancer-target-group-attributes';

export function balancersOf(view: PlatformView, workload: Workload, services: readonly KubeObject[]): Balancer[] {
  return [
    ...ingressBalancers(view, workload),
    ...services.flatMap((service) => networkBalancer(service)),
    ...services.flatMap((service) => boundGroups(view, service)),
    ...services.flatMap((service) => googleBackend(view, workload, service)),
  ];
}

/** `target-type: ip` of the AWS controller; with `instance` nodes are the targets. */
function ingressBalancers(view: PlatformView, workload: Workload): Balancer[] {
  const routes = publicRoutesTo(view, [workload]).filter(
    (route) =>
      route.kind === 'ingress' &&
      ingressFamily(view, route.edges[0], route.annotations) === 'alb' &&
      targetType(view, route) !== 'instance',
  );
  const sources = new Map(routes.map((route) => [route.source, route]));
  return [...sources.values()].map((route) => {
    const isKnown = targetType(view, route) === 'ip';
    const delay = Number(DELAY.exec(groupSetting(view, route, 'target-group-attributes') ?? '')?.[1] ?? AWS_DELAY);
    return present<Balancer>({
      what: `the load balancer of ${route.source}`,
      delay: isKnown ? delay : undefined,
      because: isKnown
        ? undefined
        : 'it sets no target-type, and the controller, which may be told one, is not in the repository',
      origin: annotationOrigin(view, route, ALB_ATTRIBUTES),
    });
  });
}

function networkBalancer(service: KubeObject): Balancer[] {
  const annotations = annotationsOf(service);
  const spec = cursor(service).get('spec');
  const direct =
    annotations['service.beta.kubernetes.io/aws-load-balancer-nlb-target-type'] === 'ip' ||
    annotations['service.beta.kubernetes.io/aws-load-balancer-type'] === 'nlb-ip';
  if (spec.get('type').string() !== 'LoadBalancer' || !direct) return [];
  return [
    {
      what: `the load balancer of Service ${service.namespace ?? 'default'}/${service.name}`,
      delay: Number(DELAY.exec(annotations[NLB_ATTRIBUTES] ?? '')?.[1] ?? AWS_DELAY),
      origin: cursor(service).get('metadata', 'annotations').origin,
    },
  ];
}

/** A binding names its group by ARN, which Terraform does not know before it runs: told only where all its groups agree. */
function boundGroups(view: PlatformView, service: KubeObject): Balancer[] {
  const bindings = view
    .objects('TargetGroupBinding', service.namespace)
    .filter((binding) => cursor(binding).get('spec', 'serviceRef', 'name').string() === service.name)
    .filter((binding) => cursor(binding).get('spec', 'targetType').string() !== 'instance');
  if (bindings.length === 0) return [];
  const groups = ['aws_lb_target_group', 'aws_alb_target_group'].flatMap((type) => view.terraform('resource', type));
  const delays = groups.map(({ attributes }) =>
    attributes['deregistration_delay'] === undefined ? AWS_DELAY : attributes['deregistration_delay'].literal,
  );
  const [delay] = delays;
  const known = typeof delay === 'number' && delays.every((other) => other === delay) ? delay : undefined;
  return bindings.map((binding) =>
    present<Balancer>({
      what: `the target group of TargetGroupBinding ${binding.namespace ?? 'default'}/${binding.name}`,
      delay: known,
      because: known === undefined ? 'its deregistration_delay is not a literal of the Terraform here' : undefined,
      origin: binding.origin,
    }),
  );
}

/** Container-native load balancing of GKE, for a Service with a BackendConfig or GCPBackendPolicy; 0 s where it says nothing. */
function googleBackend(view: PlatformView, workload: Workload, service: KubeObject): Balancer[] {
  const named = /"(?:default|[^"]+)"\s*:\s*"([^"{}]+)"/.exec(
    annotationsOf(service)['cloud.google.com/backend-config'] ?? '',
  )?.[1];
  const config = view.objects('BackendConfig', workload.namespace).find(({ name }) => name === named);
  const policy = view
    .objects('GCPBackendPolicy', workload.namespace)
    .find((object) => cursor(object).get('spec', 'targetRef', 'name').string() === service.name);
  const at =
    config === undefined
      ? policy && cursor(policy).get('spec', 'default', 'connectionDraining', 'drainingTimeoutSec')
      : cursor(config).get('spec', 'connectionDraining', 'drainingTimeoutSec');
  if (at === undefined) return [];
  const object = config ?? policy;
  return [
    {
      what: `the backend of ${object?.kind ?? ''} ${object?.name ?? ''}`,
      delay: at.integer() ?? 0,
      origin: at.exists ? at.origin : (object?.origin ?? service.origin),
    },
  ];
}
