/**
 * Pods that the Prometheus operator makes of its resources (prometheus-operator `pkg/prometheus/common.go`, `pkg/alertmanager/operator.go`):
 * who scrapes and who takes alerts is what policies of a monitoring namespace are about. The labels here are sure; that
 * it and the StatefulSet controller add others, of fixed keys and values that are not known here, is said by the API reference under `podMetadata`.
 */
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { PodsInput } from '../types.ts';
import { ACCOUNT } from './accounts.ts';
import { readOrRefuse } from './refused.ts';

interface Operated {
  /** The value of `app.kubernetes.io/name`; also the label that holds the resource's name. */
  readonly app: string;
  readonly port: number;
}

const KINDS: Readonly<Record<string, Operated>> = {
  Prometheus: { app: 'prometheus', port: 9090 },
  Alertmanager: { app: 'alertmanager', port: 9093 },
};

const ADDED = [
  ACCOUNT,
  'app.kubernetes.io/version',
  'apps.kubernetes.io/pod-index',
  'controller-revision-hash',
  'operator.prometheus.io/name',
  'operator.prometheus.io/shard',
  'statefulset.kubernetes.io/pod-name',
];

export function operatedPods(view: PlatformView): PodsInput[] {
  return Object.entries(KINDS).flatMap(([kind, operated]) =>
    view.objects(`${kind}.monitoring.coreos.com`).map((object) => podsOf(object, operated)),
  );
}

function podsOf(object: KubeObject, { app, port }: Operated): PodsInput {
  const namespace = object.namespace ?? 'default';
  const spec = readOrRefuse(() => {
    const at = cursor(object).get('spec');
    const name = at.get('portName').string() ?? 'web';
    return {
      extra: at.get('podMetadata', 'labels').stringMap(),
      onHost: at.get('hostNetwork').boolean() === true,
      name,
    };
  });
  const { extra, onHost, name } = 'value' in spec ? spec.value : { extra: {}, onHost: false, name: 'web' };
  return {
    id: `${namespace}/${object.name}[${object.kind}]`,
    namespace,
    labels: {
      ...extra,
      'app.kubernetes.io/name': app,
      'app.kubernetes.io/instance': object.name,
      'app.kubernetes.io/managed-by': 'prometheus-operator',
      [app]: object.name,
    },
    moreLabels: ADDED,
    hostNetwork: onHost,
    ports: [{ name, protocol: 'TCP', port }],
    origin: object.origin,
  };
}
