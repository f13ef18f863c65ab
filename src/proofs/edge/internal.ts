import { cursor, workloadName } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { workloadsBehind } from '../../model/service-pods.ts';
import { controllerFor, type IngressFamily } from './controllers.ts';

/** Annotations by which a cloud makes the load balancer of a Service internal, with the values that mean it. */
const INTERNAL: readonly (readonly [key: string, value: RegExp])[] = [
  ['service.beta.kubernetes.io/aws-load-balancer-scheme', /^internal$/],
  ['service.beta.kubernetes.io/aws-load-balancer-internal', /^(?:true|0\.0\.0\.0\/0)$/],
  ['networking.gke.io/load-balancer-type', /^internal$/i],
  ['cloud.google.com/load-balancer-type', /^internal$/i],
  ['service.beta.kubernetes.io/azure-load-balancer-internal', /^true$/],
  ['service.beta.kubernetes.io/oci-load-balancer-internal', /^true$/],
  ['service.beta.kubernetes.io/openstack-internal-load-balancer', /^true$/],
  ['service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', /^private$/],
  ['service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type', /^intranet$/],
  ['service.beta.kubernetes.io/cce-load-balancer-internal-vpc', /^true$/],
];

/** Classes whose implementation never takes traffic from the internet: GKE's, Tailscale's. */
const INTERNAL_CLASSES = /^(?:gce-internal|gke-l7-rilb(?:-mc)?|gke-l7-cross-regional-internal-managed-mc|tailscale)$/;

/** Whether annotations of a Service (or of a Gateway's infrastructure) make its load balancer internal. */
export function isInternalBalancer(annotations: Readonly<Record<string, string>>): boolean {
  return INTERNAL.some(([key, value]) => value.test(annotations[key] ?? '')) || isInternalByDefault(annotations);
}

/**
 * What the AWS Load Balancer Controller is asked for is internal unless it says otherwise, since 2.2, which brought the type `external`.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/
 */
function isInternalByDefault(annotations: Readonly<Record<string, string>>): boolean {
  const aws = (name: string): string | undefined => annotations[`service.beta.kubernetes.io/aws-load-balancer-${name}`];
  return aws('type') === 'external' && aws('scheme') === undefined && aws('internal') === undefined;
}

/** Whether a class by its name takes internal traffic only. */
export function isInternalClass(name: string | undefined): boolean {
  return (
    name !== undefined &&
    (INTERNAL_CLASSES.test(name) || /(?:^|[-.])(?:internal|private|intranet)(?:$|[-.])/.test(name))
  );
}

/** Whether an Ingress takes internal traffic only. The AWS controller's balancers are internal unless they say otherwise. */
export function isInternalIngress(
  view: PlatformView,
  ingressClass: string | undefined,
  family: IngressFamily,
  annotations: Readonly<Record<string, string>>,
): boolean {
  if (isInternalClass(ingressClass)) return true;
  if (family === 'alb') return (annotations['alb.ingress.kubernetes.io/scheme'] ?? 'internal') === 'internal';
  const controller = family === 'nginx' ? controllerFor(view, ingressClass) : undefined;
  return controller !== undefined && isBehindInternalBalancer(view, controller.workload);
}

/** True when every Service that takes the traffic of a controller (`Deployment edge/nginx`) in from outside is an internal load balancer. */
export function isBehindInternalBalancer(view: PlatformView, controller: string): boolean {
  const balancers = view.objects('Service').filter((service) => {
    const spec = cursor(service).get('spec');
    return (
      spec.get('type').string() === 'LoadBalancer' &&
      workloadsBehind(view, service).some((workload) => workloadName(workload) === controller)
    );
  });
  return (
    balancers.length > 0 &&
    balancers.every((service) => isInternalBalancer(cursor(service).get('metadata', 'annotations').stringMap()))
  );
}
