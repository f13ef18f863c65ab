import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { annotationsOf } from './ingress.ts';
import { serviceNames, servicesOf } from './services.ts';
import type { PublicRoute } from './types.ts';

/** Names of the annotation, the old one of the beta included. */
const KEYS = ['cloud.google.com/backend-config', 'beta.cloud.google.com/backend-config'];

/**
 * The BackendConfig that a Service names, for all its ports (`default`) or for one; any other has nothing to do with it.
 * https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration#associating_backendconfig_with_your_ingress
 */
export function backendConfigOf(view: PlatformView, service: KubeObject): KubeObject | undefined {
  const annotations = annotationsOf(service);
  const written = KEYS.map((key) => annotations[key]).find((text) => text !== undefined) ?? '';
  return view.objects('BackendConfig', service.namespace).find(({ name }) => written.includes(JSON.stringify(name)));
}

/** A security policy of Cloud Armor, and what asks for it: `BackendConfig api`. */
export interface SecurityPolicy {
  readonly name: string;
  readonly by: string;
}

/**
 * The one that stands before a route: by the BackendConfig that its Service names, or a GCPBackendPolicy about it. An empty name takes one away.
 * https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-armor-backendconfig
 */
export function securityPolicyOf(view: PlatformView, route: PublicRoute): SecurityPolicy | undefined {
  const services = serviceNames(route);
  const asked = (object: KubeObject, name: Cursor): SecurityPolicy[] => {
    const text = name.string() ?? '';
    return text === '' ? [] : [{ name: text, by: `${object.kind} ${object.name}` }];
  };
  const policies = view
    .objects('GCPBackendPolicy')
    .filter((policy) => {
      const target = cursor(policy).get('spec', 'targetRef', 'name').string() ?? '';
      return services.includes(`${policy.namespace ?? 'default'}/${target}`);
    })
    .flatMap((policy) => asked(policy, cursor(policy).get('spec', 'default', 'securityPolicy')));
  const configs = servicesOf(view, route)
    .flatMap((service) => backendConfigOf(view, service) ?? [])
    .flatMap((config) => asked(config, cursor(config).get('spec', 'securityPolicy', 'name')));
  return [...policies, ...configs][0];
}
