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
  /** A folder in git, an artifact of a registry with manifests, or a chart. */
  readonly what: 'git' | 'artifact' | 'chart';
  /** Branch, tag, commit or version; undefined: the head of the default branch, the tag `latest`, or the newest chart. */
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
        what: source.get('chart').exists ? 'chart' : 'git',
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
  const drift = spec.get('driftDetection', 'mode').string() ?? 'disabled';
  const blind = object.kind === 'HelmRelease' && drift === 'disabled';
  const chart = spec.get('chart', 'spec');
  const isOfRegistry = chart.get('sourceRef', 'kind').string() === 'HelmRepository';
  const source = sourceOf(object, chart.exists ? chart.get('sourceRef') : spec.get('sourceRef'), all);
  const chartSource = sourceOf(object, spec.get('chartRef'), all);
  return {
    name,
    automated: true,
    patched: false,
    suspended: spec.get('suspend').boolean() === true,
    ...(blind ? { blind: 'drift detection of Helm releases is off unless it is set' } : {}),
    follows: [
      ...(source?.kind === 'GitRepository' ? [gitReference(name, source, spec)] : []),
      ...(source?.kind === 'OCIRepository' ? [artifact(name, 'artifact', source, spec)] : []),
      ...(chartSource?.kind === 'OCIRepository' ? [artifact(name, 'chart', chartSource, spec)] : []),
      ...(isOfRegistry ? [chartOf(name, chart)] : []),
    ],
    origin: spec.origin,
  };
}

/** The source that a reference means: of its own namespace where it names none, which a manifest may leave to who applies it. */
function sourceOf(object: KubeObject, reference: Cursor, all: readonly KubeObject[]): KubeObject | undefined {
  const [kind, name] = [reference.get('kind').string(), reference.get('name').string()];
  const namespace = reference.get('namespace').string() ?? object.namespace;
  const named = all.filter((one) => one.kind === kind && one.name === name);
  return named.find((one) => one.namespace === namespace) ?? named[0];
}

function gitReference(name: string, source: KubeObject, spec: Cursor): Followed {
  const at = cursor(source).get('spec');
  const ref = at.get('ref');
  const full = ref.get('name');
  const branch = full.string()?.startsWith('refs/heads/') === true ? full : ref.get('branch');
  const fixed = ['commit', 'name', 'semver', 'tag'].map((key) => ref.get(key)).find((one) => one.exists);
  const isFixed = fixed !== undefined && (ref.get('commit').exists || branch !== full);
  const shown = isFixed ? fixed : branch.exists ? branch : undefined;
  const path = spec.get('path').string();
  const revision = shown?.string()?.replace(/^refs\/heads\//, '');
  return {
    name,
    from: at.get('url').string() ?? '',
    what: 'git',
    kind: isFixed ? 'fixed' : 'branch',
    ...(path === undefined ? {} : { path }),
    ...(revision === undefined ? {} : { revision }),
    origin: shown?.origin ?? at.origin,
  };
}

/** https://fluxcd.io/flux/components/source/ocirepositories/#reference: a digest goes before a range, a range before a tag. */
function artifact(name: string, what: 'artifact' | 'chart', source: KubeObject, spec: Cursor): Followed {
  const at = cursor(source).get('spec');
  const shown = ['digest', 'semver', 'tag'].map((key) => at.get('ref', key)).find((one) => one.exists);
  const path = spec.get('path').string();
  const revision = shown?.string();
  return {
    name,
    from: at.get('url').string() ?? '',
    what,
    ...(at.get('ref', 'digest').exists || (what === 'artifact' && at.get('ref', 'semver').exists)
      ? { kind: 'fixed' as const }
      : {}),
    ...(path === undefined ? {} : { path }),
    ...(revision === undefined ? {} : { revision }),
    origin: shown?.origin ?? at.origin,
  };
}

function chartOf(name: string, chart: Cursor): Followed {
  const version = chart.get('version');
  const revision = version.string();
  return {
    name,
    from: chart.get('sourceRef', 'name').string() ?? '',
    what: 'chart',
    ...(revision === undefined ? {} : { revision }),
    origin: version.exists ? version.origin : chart.origin,
  };
}
