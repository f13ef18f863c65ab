import type { Cursor } from './cursor.ts';
import { cursor, podSpec, type Workload } from './kube.ts';
import type { Origin } from './origin.ts';
import type { PlatformView } from './platform.ts';
import { sourcesOf } from './volumes.ts';

/** A file that a container finds where a ConfigMap is mounted. */
export interface MountedFile {
  /** `ConfigMap data/pgbouncer`. */
  readonly id: string;
  readonly key: string;
  /** Where the container finds it. */
  readonly path: string;
  readonly text: string;
  readonly origin: Origin;
}

/** Every file of a ConfigMap that a container mounts, by its path inside. Secrets are not looked into. */
export function mountedFiles(view: PlatformView, workload: Workload, container: Cursor): MountedFile[] {
  const volumes = new Map(
    podSpec(workload)
      .get('volumes')
      .items()
      .map((volume) => [volume.get('name').string() ?? '', volume]),
  );
  return container
    .get('volumeMounts')
    .items()
    .flatMap((mount) => {
      const volume = volumes.get(mount.get('name').string() ?? '');
      const base = (mount.get('mountPath').string() ?? '').replace(/\/+$/, '');
      const subPath = mount.get('subPath').string();
      if (volume === undefined) return [];
      return sourcesOf(volume)
        .flatMap((source) => keysOf(view, workload.namespace, source.get('configMap')))
        .filter(({ path }) => subPath === undefined || path === subPath)
        .map((file) => ({ ...file, path: subPath === undefined ? `${base}/${file.path}` : base }));
    });
}

function keysOf(view: PlatformView, namespace: string, source: Cursor): MountedFile[] {
  const name = source.get('name').string();
  const object = view.objects('ConfigMap', namespace).find((candidate) => candidate.name === name);
  if (object === undefined) return [];
  const id = `ConfigMap ${namespace}/${object.name}`;
  const data = cursor(object).get('data');
  const items = source.get('items').items();
  const wanted =
    items.length === 0
      ? data.entries().map(([key]) => ({ key, path: key }))
      : items.map((item) => ({ key: item.get('key').string() ?? '', path: item.get('path').string() ?? '' }));
  return wanted.flatMap(({ key, path }) => {
    const at = data.get(key);
    return typeof at.value === 'string' ? [{ id, key, path, text: at.value, origin: at.origin }] : [];
  });
}
