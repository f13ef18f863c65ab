import type { KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { annotationsOf } from './ingress.ts';

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
