/** The configuration that an agent mounts. */
import type { Cursor } from '../../model/cursor.ts';
import { podSpec, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
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
  const volumes = podSpec(workload).get('volumes').items();
  const sources = volumes.flatMap((volume) => [volume, ...volume.get('projected', 'sources').items()]);
  const wanted = new Set(sources.flatMap(namesOf));
  return [...view.objects('ConfigMap', workload.namespace), ...view.objects('Secret', workload.namespace)]
    .filter(({ kind, name }) => wanted.has(`${kind} ${name}`))
    .flatMap((object) =>
      filesOf(object)
        .filter(({ key }) => object.kind === 'ConfigMap' || CONFIGURATION.test(key))
        .map(({ key, text }) => ({ name: key, text })),
    );
}

/** A Secret's name stands under `secretName` in a volume and under `name` in a projected one. A ConfigMap's may be several, as templates join them. */
function namesOf(source: Cursor): string[] {
  const maps = (source.get('configMap', 'name').string() ?? '').split(' ');
  const secret = source.get('secret', 'secretName').string() ?? source.get('secret', 'name').string();
  return [...maps.map((name) => `ConfigMap ${name}`), ...(secret === undefined ? [] : [`Secret ${secret}`])];
}
