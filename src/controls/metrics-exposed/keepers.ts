import { cursor, containers, podSpec, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { prometheuses } from '../../proofs/alerting/metrics/index.ts';

/** A Prometheus or Alertmanager, and how it keeps what it knows. */
export interface Keeper {
  readonly name: string;
  readonly kind: 'Prometheus' | 'Alertmanager';
  readonly replicas: number;
  /** As configured; the default of the program where nothing is said. */
  readonly retention: string;
  readonly retentionIsDefault: boolean;
  /** It also writes to a store of longer memory. */
  readonly writesOn: boolean;
  /** Its data survives the pod. */
  readonly persistent: boolean;
  readonly origin: Origin;
}

export function keepers(view: PlatformView): Keeper[] {
  return [
    ...prometheuses(view).flatMap((object) =>
      object.kind === 'Prometheus' ? [ofObject(object, 'Prometheus', '24h')] : [],
    ),
    ...view.objects('Alertmanager.monitoring.coreos.com').map((object) => ofObject(object, 'Alertmanager', '120h')),
    ...view.workloads().flatMap(ofWorkload),
  ];
}

/** An object of prometheus-operator: one replica, an emptyDir, and 24 h of Prometheus are its defaults. */
function ofObject(object: KubeObject, kind: Keeper['kind'], standard: string): Keeper {
  const spec = cursor(object).get('spec');
  const retention = spec.get('retention').string();
  const thanos =
    spec.get('thanos', 'objectStorageConfig').exists || spec.get('thanos', 'objectStorageConfigFile').exists;
  return {
    name: `${kind} ${object.namespace ?? 'default'}/${object.name}`,
    kind,
    replicas: spec.get('replicas').integer() ?? 1,
    retention: retention ?? (spec.get('retentionSize').exists ? (spec.get('retentionSize').string() ?? '') : standard),
    retentionIsDefault: retention === undefined && !spec.get('retentionSize').exists,
    writesOn: spec.get('remoteWrite').items().length > 0 || thanos,
    persistent: spec.get('storage', 'volumeClaimTemplate').exists,
    origin: object.origin,
  };
}

/** The programs run without an operator. */
function ofWorkload(workload: Workload): Keeper[] {
  if (workload.kind !== 'Deployment' && workload.kind !== 'StatefulSet') return [];
  const main = containers(workload).find(
    ({ at, role }) =>
      role === 'main' &&
      /(?:^|\/)prom\/(?:prometheus|alertmanager)(?:[:@]|$)|(?:^|\/)prometheus\/(?:prometheus|alertmanager)(?:[:@]|$)/.test(
        at.get('image').string() ?? '',
      ),
  );
  if (main === undefined) return [];
  const kind = /alertmanager/.test(main.at.get('image').string() ?? '') ? 'Alertmanager' : 'Prometheus';
  const args = [...main.at.get('args').strings(), ...main.at.get('command').strings()];
  const retention = args
    .map((arg) => /^--(?:storage\.tsdb\.retention(?:\.time)?|data\.retention)=(.+)$/.exec(arg)?.[1])
    .find(Boolean);
  const spec = cursor(workload.object).get('spec');
  const claims = [
    ...spec.get('volumeClaimTemplates').items(),
    ...podSpec(workload)
      .get('volumes')
      .items()
      .filter((volume) => volume.get('persistentVolumeClaim').exists),
  ];
  return [
    {
      name: workloadName(workload),
      kind,
      replicas: spec.get('replicas').integer() ?? 1,
      retention: retention ?? (kind === 'Prometheus' ? '15d' : '120h'),
      retentionIsDefault: retention === undefined,
      writesOn: false,
      persistent: claims.length > 0,
      origin: workload.object.origin,
    },
  ];
}
