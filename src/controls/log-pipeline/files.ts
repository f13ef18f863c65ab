/** The configuration that an agent mounts. */
import type { Cursor } from '../../model/cursor.ts';
import type { Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { secretNameIn, volumeSources } from '../../model/volumes.ts';
import { filesOf } from '../../proofs/alerting/routing/index.ts';

export interface ConfigFile {
  /** `fluent.conf`. */
  readonly name: string;
  readonly text: string;
}

/** What a configuration is called in a Secret, where certificates and passwords lie as well. */
const CONFIGURATION = /\.(?:conf|ya?ml|toml|json|alloy|river)$/;

/** Every file of the ConfigMaps among its volumes, and what of the Secrets is a configuration. */
export function configFiles(view: PlatformView, workload: Workload): ConfigFile[] {
  const wanted = new Set(volumeSources(workload).flatMap(namesOf));
  return [...view.objects('ConfigMap', workload.namespace), ...view.objects('Secret', workload.namespace)]
    .filter(({ kind, name }) => wanted.has(`${kind} ${name}`))
    .flatMap((object) =>
      filesOf(object)
        .filter(({ key }) => object.kind === 'ConfigMap' || CONFIGURATION.test(key))
        .map(({ key, text }) => ({ name: key, text })),
    );
}

/** A ConfigMap's name may be several, as templates join them. */
function namesOf(source: Cursor): string[] {
  const maps = (source.get('configMap', 'name').string() ?? '').split(' ');
  const secret = secretNameIn(source);
  return [...maps.map((name) => `ConfigMap ${name}`), ...(secret === undefined ? [] : [`Secret ${secret}`])];
}
