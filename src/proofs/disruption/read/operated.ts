/** StatefulSets that the Prometheus operator makes of its resources, as budgets and drains see them. */
import { MalformedValue } from '../../../model/cursor.ts';
import { cursor, type KubeObject, type Workload } from '../../../model/kube.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';

const KINDS = ['Prometheus', 'Alertmanager'] as const;

/**
 * The resource stands for its StatefulSet: `replicas`, `minReadySeconds` and `updateStrategy` are called the same in both. One with several
 * shards is several StatefulSets under one budget, and left out, as is one that cannot be read.
 */
export const operatedWorkloads = oncePerPlatform((view: PlatformView): readonly Workload[] =>
  KINDS.flatMap((kind) => view.objects(`${kind}.monitoring.coreos.com`)).flatMap(operatedWorkload),
);

function operatedWorkload(object: KubeObject): Workload[] {
  try {
    const spec = cursor(object).get('spec');
    if ((spec.get('shards').integer() ?? 1) > 1) return [];
    return [
      {
        kind: 'StatefulSet',
        namespace: object.namespace ?? 'default',
        name: `${object.kind.toLowerCase()}-${object.name}`,
        object,
        podLabels: { ...spec.get('podMetadata', 'labels').stringMap(), ...selectorOf(object) },
      },
    ];
  } catch (error) {
    if (error instanceof MalformedValue) return [];
    throw error;
  }
}

/** The labels by which the StatefulSet selects its pods, which hold for no others (prometheus-operator API reference, `podMetadata`). */
export function selectorOf({ kind, name }: KubeObject): Record<string, string> {
  const app = kind.toLowerCase();
  return {
    'app.kubernetes.io/name': app,
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/managed-by': 'prometheus-operator',
    [app]: name,
  };
}

/** Those of a service that the spec names by their resource. */
export function operatedOf(view: PlatformView, service: string): Workload[] {
  const operated = operatedWorkloads(view);
  if (operated.length === 0) return [];
  const references = view.spec.services.find(({ name }) => name === service)?.workloads ?? [];
  return operated.filter(({ namespace, object }) =>
    references.some(
      (one) => one.kind === object.kind && one.name === object.name && (one.namespace ?? namespace) === namespace,
    ),
  );
}

export function isOperated({ object }: Workload): boolean {
  return KINDS.some((kind) => kind === object.kind);
}
