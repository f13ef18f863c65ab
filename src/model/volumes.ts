/** What the volumes of pods are filled from. https://kubernetes.io/docs/concepts/storage/projected-volumes/ */
import type { Cursor } from './cursor.ts';
import { podSpec, type Workload } from './kube.ts';

/** A volume, and the sources of a projected one: each says `configMap`, `secret` and so on by itself. */
export function sourcesOf(volume: Cursor): Cursor[] {
  return [volume, ...volume.get('projected', 'sources').items()];
}

/** The sources of all volumes of a workload's pods. */
export function volumeSources(workload: Workload): Cursor[] {
  return podSpec(workload).get('volumes').items().flatMap(sourcesOf);
}

/** The Secret that a source takes: a volume names it under `secretName`, a projected source under `name`. */
export function secretNameIn(source: Cursor): string | undefined {
  return source.get('secret', 'secretName').string() ?? source.get('secret', 'name').string();
}
