import { cursor, podMetadata, podSpec, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';

/** A mesh whose proxy carries a workload's traffic and gives it an identity of its own. */
export type Mesh = 'istio' | 'istio-ambient' | 'linkerd';

/**
 * The mesh a workload's pods join, by the labels and annotations that its injector reads; `undefined` where none is asked for.
 * The pod's own word goes before its namespace's. Istio: `pkg/kube/inject` (`injectRequired`), ambient `istio.io/dataplane-mode`;
 * Linkerd: https://linkerd.io/2/reference/proxy-configuration/. Pods on the host's network are left alone by both.
 */
export function meshOf(view: PlatformView, workload: Workload): Mesh | undefined {
  if (podSpec(workload).get('hostNetwork').boolean() === true) return undefined;
  const pod = podMetadata(workload);
  const labels = workload.podLabels;
  const annotations = pod.get('annotations').stringMap();
  const around = namespaces(view).get(workload.namespace) ?? { labels: {}, annotations: {} };
  const linkerd = annotations['linkerd.io/inject'] ?? around.annotations['linkerd.io/inject'];
  if (linkerd === 'enabled' || linkerd === 'ingress') return 'linkerd';
  const ambient = labels['istio.io/dataplane-mode'] ?? around.labels['istio.io/dataplane-mode'];
  if (ambient === 'ambient') return 'istio-ambient';
  return joinsIstio(labels, annotations, around.labels) ? 'istio' : undefined;
}

type Strings = Readonly<Record<string, string>>;

function joinsIstio(labels: Strings, annotations: Strings, namespace: Strings): boolean {
  const own = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  const injection = namespace['istio-injection'];
  if (own === 'false' || injection === 'disabled') return false;
  return (
    own === 'true' || injection === 'enabled' || (labels['istio.io/rev'] ?? namespace['istio.io/rev']) !== undefined
  );
}

const namespaces = oncePerPlatform(
  (view: PlatformView) =>
    new Map(
      view.objects('Namespace').map((namespace) => {
        const annotations = cursor(namespace).get('metadata', 'annotations').stringMap();
        return [namespace.name, { labels: namespace.labels, annotations }];
      }),
    ),
);
