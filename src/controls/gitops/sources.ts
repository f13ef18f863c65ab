import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';

/** What a controller brings from where. */
export interface Followed {
  /** `Application shop`. */
  readonly name: string;
  /** Repository or registry. */
  readonly from: string;
  readonly path?: string;
  /** A chart of a registry rather than a folder in git. */
  readonly chart: boolean;
  /** Branch, tag, commit or version; undefined: the head of the default branch, or the newest chart. */
  readonly revision?: string;
  /** What kind of revision its field says it is, where it does. */
  readonly kind?: 'branch' | 'fixed';
  readonly origin: Origin;
}

/** How a controller keeps what runs equal to what is written. */
export interface Syncing {
  readonly name: string;
  readonly automated: boolean;
  /** Its applications may differ in it: a `templatePatch` speaks of how they are synced. */
  readonly patched: boolean;
  readonly suspended: boolean;
  /** Drift that somebody causes by hand goes unseen. */
  readonly blind?: string;
  /** Sources of an Application, or the reference of a Flux object. */
  readonly follows: readonly Followed[];
  readonly origin: Origin;
}

/** Reads the applications of Argo CD and Flux; sources are joined to the Flux objects that use them. */
export function readSyncing(objects: readonly KubeObject[]): Syncing[] {
  return objects.flatMap((object) => {
    const spec = cursor(object).get('spec');
    if (object.kind === 'Application') return [argo(object, spec)];
    if (object.kind === 'ApplicationSet') {
      const patch = spec.get('templatePatch').string() ?? '';
      return [{ ...argo(object, spec.get('template', 'spec')), patched: /\bsyncPolicy\b/.test(patch) }];
    }
    if (object.kind === 'Kustomization' || object.kind === 'HelmRelease') return [flux(object, spec, objects)];
    return [];
  });
}

function argo(object: KubeObject, spec: Cursor): Syncing {
  const name = `${object.kind} ${object.name}`;
  const sources = spec.get('source').exists ? [spec.get('source')] : spec.get('sources').items();
  const automated = spec.get('syncPolicy', 'automated');
  const everything = spec
    .get('ignoreDifferences')
    .items()
    .find((item) =>
      item
        .get('jsonPointers')
        .strings()
        .some((pointer) => /^\/(?:spec)?$/.test(pointer)),
    );
  return {
    name,
    automated: automated.exists && automated.get('enabled').boolean() !== false,
    patched: false,
    suspended: false,
    ...(everything === undefined ? {} : { blind: 'it ignores differences of a whole spec' }),
    follows: sources.map((source) => {
      const revision = source.get('targetRevision').string();
      const path = source.get('path').string();
      return {
        name,
        from: source.get('repoURL').string() ?? '',
        chart: source.get('chart').exists,
        ...(path === undefined ? {} : { path }),
        ...(revision === undefined ? {} : { revision }),
        origin: revision === undefined ? source.origin : source.get('targetRevision').origin,
      };
    }),
    origin: automated.exists ? automated.origin : spec.origin,
  };
}

function flux(object: KubeObject, spec: Cursor, all: readonly KubeObject[]): Syncing {
  const name = `${object.kind} ${object.name}`;
  const reference = spec.get('sourceRef');
  const source = all.find(
    (one) => one.kind === reference.get('kind').string() && one.name === reference.get('name').string(),
  );
  const drift = spec.get('driftDetection', 'mode').string() ?? 'disabled';
  const blind = object.kind === 'HelmRelease' && drift === 'disabled';
  const chart = spec.get('chart', 'spec');
  return {
    name,
    automated: true,
    patched: false,
    suspended: spec.get('suspend').boolean() === true,
    ...(blind ? { blind: 'drift detection of Helm releases is off unless it is set' } : {}),
    follows: [
      ...(source?.kind === 'GitRepository' ? gitReference(name, source, spec) : []),
      ...(chart.get('chart').exists && !/^\.?\.?\//.test(chart.get('chart').string() ?? '')
        ? [chartOf(name, chart)]
        : []),
    ],
    origin: spec.origin,
  };
}

function gitReference(name: string, source: KubeObject, spec: Cursor): Followed[] {
  const at = cursor(source).get('spec');
  const ref = at.get('ref');
  const fixed = ['tag', 'semver', 'commit', 'name'].map((key) => ref.get(key)).find((one) => one.exists);
  const branch = ref.get('branch');
  const path = spec.get('path').string();
  const shown = fixed ?? (branch.exists ? branch : undefined);
  const revision = shown?.string();
  return [
    {
      name,
      from: at.get('url').string() ?? '',
      chart: false,
      kind: fixed === undefined ? 'branch' : 'fixed',
      ...(path === undefined ? {} : { path }),
      ...(revision === undefined ? {} : { revision }),
      origin: shown?.origin ?? at.origin,
    },
  ];
}

function chartOf(name: string, chart: Cursor): Followed {
  const version = chart.get('version');
  const revision = version.string();
  return {
    name,
    from: chart.get('sourceRef', 'name').string() ?? '',
    chart: true,
    ...(revision === undefined ? {} : { revision }),
    origin: version.exists ? version.origin : chart.origin,
  };
}
