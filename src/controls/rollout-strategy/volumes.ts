/** Volumes and mounts for which the API server refuses pods: `ValidateVolumes` and `ValidateVolumeMounts` of kubernetes pkg/apis/core/validation. */
import type { Cursor } from '../../model/cursor.ts';
import { containers, cursor, podSpec, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';

/** Why pods of a workload are refused. */
export interface RefusedPods {
  readonly because: string;
  readonly origin: Origin;
}

export function refusedVolumes(workload: Workload): RefusedPods[] {
  const volumes = podSpec(workload).get('volumes').items();
  // A StatefulSet makes a volume of each claim, in place of one of the same name.
  const claims =
    workload.kind === 'StatefulSet' ? cursor(workload.object).get('spec', 'volumeClaimTemplates').items() : [];
  const names = new Set([...volumes.map(nameOf), ...claims.map((claim) => nameOf(claim.get('metadata')))]);
  return [
    ...repeated(volumes, 'name').map(({ value, origin }) => ({
      because: `they have two volumes named ${value}`,
      origin,
    })),
    ...containers(workload).flatMap(({ name, at }) => {
      const mounts = at.get('volumeMounts').items();
      return [
        ...mounts
          .filter((mount) => !names.has(nameOf(mount)))
          .map((mount) => ({
            because: `container ${name} mounts the volume ${nameOf(mount)}, which they do not have`,
            origin: mount.get('name').origin,
          })),
        ...repeated(mounts, 'mountPath').map(({ value, origin }) => ({
          because: `container ${name} mounts two volumes at ${value}`,
          origin,
        })),
      ];
    }),
  ];
}

function nameOf(at: Cursor): string {
  return at.get('name').string() ?? '';
}

/** The values of a field that an earlier item has as well. */
function repeated(items: readonly Cursor[], field: string): { value: string; origin: Origin }[] {
  const seen = new Set<string>();
  return items.flatMap((item) => {
    const at = item.get(field);
    const value = at.string() ?? '';
    const again = seen.has(value);
    seen.add(value);
    return again ? [{ value, origin: at.origin }] : [];
  });
}
