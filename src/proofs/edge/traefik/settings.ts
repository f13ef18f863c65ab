/** The static configuration of Traefik: flags, a file in their place, or the values of its chart where that is not here. */
import { isMapping, type Cursor } from '../../../model/cursor.ts';
import { containers, cursor, workloadName, type KubeObject, type Workload } from '../../../model/kube.ts';
import { mountedFiles } from '../../../model/mounted-files.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { isBehindInternalBalancer } from '../internal.ts';
import { flagsIn, settingsOfChart } from './chart.ts';

/** Flags in lower case without their dashes: `entrypoints.web.address`. */
export type Settings = ReadonlyMap<string, string>;

/** A Traefik that runs here, or that its chart makes. */
export interface Installed {
  readonly settings: Settings;
  /** It takes no traffic from the internet. */
  readonly isInternal: boolean;
}

/** Every Traefik of the environment; those of charts that are not here where none of the workloads is one. */
export function installations(view: PlatformView): Installed[] {
  const running = view.workloads().flatMap((workload) =>
    containers(workload)
      .filter(({ at }) => /(?:^|\/)traefik(?:[:@]|$)/.test(at.get('image').string() ?? ''))
      .map(({ at }) => ({
        settings: settingsOf(view, workload, at),
        isInternal: isBehindInternalBalancer(view, workloadName(workload)),
      })),
  );
  return running.length > 0 ? running : charts(view).map(settingsOfChart);
}

/** Values for Traefik's chart; none of one that more is read for than stands in the object. */
function charts(view: PlatformView): unknown[] {
  const released = view.applications().flatMap((object) => {
    const spec = cursor(object).get('spec');
    if (object.kind === 'HelmRelease') return ofFlux(spec);
    return object.kind === 'Application' ? ofArgo(view, spec) : [];
  });
  const ofRancher = ['HelmChart', 'HelmChartConfig'].flatMap((kind) =>
    view.objects(`${kind}.helm.cattle.io`).filter(isForTraefik),
  );
  return [
    ...released,
    ...ofRancher.map((object) => view.readData(cursor(object).get('spec', 'valuesContent').string() ?? '') ?? {}),
  ];
}

function ofFlux(spec: Cursor): unknown[] {
  const isWhole = !spec.get('valuesFrom').exists && !spec.get('postRenderers').exists;
  return spec.get('chart', 'spec', 'chart').string() === 'traefik' && isWhole ? [spec.get('values').value ?? {}] : [];
}

function ofArgo(view: PlatformView, spec: Cursor): unknown[] {
  return [spec.get('source'), ...spec.get('sources').items()]
    .filter((source) => source.get('chart').string() === 'traefik')
    .map((source) => source.get('helm'))
    .filter((helm) => !['valueFiles', 'parameters', 'fileParameters'].some((key) => helm.get(key).exists))
    .map((helm) => helm.get('valuesObject').value ?? view.readData(helm.get('values').string() ?? '') ?? {});
}

/** The HelmChartConfig of that name is for the Traefik that k3s brings along. */
function isForTraefik(object: KubeObject): boolean {
  const chart = cursor(object).get('spec', 'chart').string() ?? object.name;
  return /(?:^|\/)traefik$/.test(chart);
}

/** A file takes the place of flags. */
function settingsOf(view: PlatformView, workload: Workload, container: Cursor): Settings {
  const words = [...container.get('command').strings(), ...container.get('args').strings()];
  const flags = flagsIn(words);
  const file = mountedFiles(view, workload, container).find(({ path }) =>
    flags.has('configfile') ? path === flags.get('configfile') : /^\/etc\/traefik\/traefik\.ya?ml$/.test(path),
  );
  if (file === undefined) return flags.has('configfile') ? new Map() : flags;
  return new Map(flattened(view.readData(file.text), ''));
}

/** `{ a: { b: [x, y] } }` as `a.b` = `x,y`; an empty mapping is switched on. */
function flattened(value: unknown, path: string): [string, string][] {
  if (Array.isArray(value)) return [[path, value.join(',')]];
  if (!isMapping(value)) return [[path, String(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path, 'true']];
  return entries.flatMap(([key, one]) => flattened(one, `${path === '' ? '' : `${path}.`}${key.toLowerCase()}`));
}
