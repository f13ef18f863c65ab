/** Schedules of Velero: which namespaces they take, and whether the volumes with them. */
import { cursor, podMetadata, type KubeObject, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { readSelector, selects } from '../../model/selector.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { workloadsOfStore } from '../../model/subjects.ts';
import { optional, title } from './found.ts';
import type { BackupMeans } from './means.ts';

export function velero(object: KubeObject): BackupMeans {
  const spec = cursor(object).get('spec');
  const ttl = spec.get('template', 'ttl');
  const hours = Number(/^(\d+)h/.exec(ttl.string() ?? '720h0m0s')?.[1] ?? Number.NaN);
  return {
    name: title(object),
    ...optional('schedule', spec.get('schedule').at(spec.get('schedule').string())),
    ...(Number.isNaN(hours) ? {} : { retention: ttl.at(hours * 3600) }),
    suspended: spec.get('paused').boolean() === true,
    origin: spec.get('schedule').origin,
  };
}

export function coversNamespace(object: KubeObject, store: StoreSpec): boolean {
  const template = cursor(object).get('spec', 'template');
  const included = template.get('includedNamespaces').strings();
  const excluded = template.get('excludedNamespaces').strings();
  const namespaces = (store.workloads ?? []).flatMap(({ namespace }) => namespace ?? []);
  return namespaces.some(
    (namespace) =>
      (included.length === 0 || included.includes('*') || included.includes(namespace)) &&
      !excluded.includes(namespace),
  );
}

/**
 * Objects alone are no backup of a store. Volumes are taken as snapshots unless `snapshotVolumes` is false, or as files where the schedule
 * or an annotation of the pod says so, and only with the claims they belong to (https://velero.io/docs/main/api-types/schedule/).
 */
export function takesVolumes(view: PlatformView, object: KubeObject, store: StoreSpec): boolean {
  const template = cursor(object).get('spec', 'template');
  const workloads = workloadsOfStore(view, store);
  const byFile =
    ['defaultVolumesToFsBackup', 'defaultVolumesToRestic'].some((name) => template.get(name).boolean() === true) ||
    workloads.some(isAnnotated);
  if (template.get('snapshotVolumes').boolean() === false && !byFile) return false;
  const lists = (kind: string): string[] =>
    [`${kind}Resources`, `${kind}NamespaceScopedResources`].flatMap((name) => template.get(name).strings());
  if (lists('excluded').some(isClaim)) return false;
  if (lists('included').length > 0 && !lists('included').some(isClaim)) return false;
  const selector = readSelector(template.get('labelSelector'));
  return (
    selector === undefined ||
    workloads.length === 0 ||
    workloads.some((one) => selects(selector, { ...one.object.labels, ...one.podLabels }))
  );
}

function isClaim(resource: string): boolean {
  return /^(?:\*|pvc|persistentvolumeclaims?)$/i.test(resource);
}

function isAnnotated(workload: Workload): boolean {
  return podMetadata(workload).get('annotations', 'backup.velero.io/backup-volumes').exists;
}
