import type { Cursor } from '../../model/cursor.ts';

/** The directories a container finds a Secret, a claim or an empty volume at, where files may lie that are not known here. */
export function isInVolume(container: Cursor, path: string): boolean {
  return container
    .get('volumeMounts')
    .items()
    .some((mount) => path.startsWith(`${(mount.get('mountPath').string() ?? '').replace(/\/+$/, '')}/`));
}
