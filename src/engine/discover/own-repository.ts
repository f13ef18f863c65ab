/**
 * Which repository this is, as its own applications tell it: one of them brings the folder in which others lie, so its source is this
 * repository, and what names another one lies elsewhere, whatever folders here are called.
 */
import { Cursor, MalformedValue } from '../../model/cursor.ts';
import { oncePer } from '../../model/once.ts';
import { appManifests } from './app-manifests.ts';
import { foldersAbove, isWithin, resolvePath, ROOT } from './paths.ts';
import type { Manifest } from './sources.ts';
import type { Survey } from './survey.ts';

/** Where something is brought from: what kind of place, and its address. */
export interface Place {
  readonly kind: 'git' | 'oci';
  readonly url: string;
}

/**
 * True where an address is of another repository than this one. Where no application tells which this one is, or the address is a
 * template, it is not known to be another. Addresses of one name count as one repository: of a mirror, of a fork, over ssh and https.
 */
export function isElsewhere(survey: Survey, place: Place | undefined): boolean {
  if (place === undefined || /\{\{|\$\{/.test(place.url)) return false;
  const own = ownNames(survey)[place.kind];
  return own.size > 0 && !own.has(nameOf(place.url));
}

/** The source that a Flux object names, where the repository holds it. */
export function fluxPlace(survey: Survey, { body }: Manifest, reference: Cursor): Place | undefined {
  const [kind, name] = [reference.get('kind').string(), reference.get('name').string()];
  const namespace =
    reference.get('namespace').string() ?? new Cursor(body, { path: '' }).get('metadata', 'namespace').string();
  const found = fluxSources(survey).filter((source) => source.kind === kind && source.name === name);
  const { url } =
    found.find((source) => source.namespace === namespace) ?? (found.length === 1 ? found[0] : undefined) ?? {};
  return url === undefined ? undefined : { kind: kind === 'OCIRepository' ? 'oci' : 'git', url };
}

/**
 * The folder that a path of a source means here, or `undefined` where it means none. A path in git starts at the root of the repository; an
 * artifact was pushed from some folder of it, which nothing says: it is taken for the one above the manifest that holds the path, and the
 * root of an artifact for none.
 */
export function folderBrought(
  survey: Survey,
  { path: declaredBy }: Manifest,
  written: string,
  place: Place | undefined,
): string | undefined {
  const atRoot = resolvePath(ROOT, written.replace(/^\/+/, ''));
  if (atRoot === undefined || place?.kind !== 'oci') return atRoot;
  if (atRoot === ROOT) return undefined;
  const held = [ROOT, ...foldersAbove(declaredBy)]
    .map((above) => resolvePath(above, atRoot))
    .filter((folder) => folder !== undefined && survey.folders.has(folder));
  return new Set(held).size === 1 ? held[0] : undefined;
}

const ownNames = oncePer((survey: Survey): Readonly<Record<Place['kind'], ReadonlySet<string>>> => {
  const manifests = appManifests(survey);
  const roots = manifests
    .flatMap((manifest) => wellFormed(() => brought(survey, manifest)))
    .filter(({ folder }) => manifests.some(({ path }) => isWithin(folder, path)))
    .map(({ place }) => place);
  const names = (kind: Place['kind']): Set<string> =>
    new Set(roots.filter((place) => place.kind === kind).map(({ url }) => nameOf(url)));
  return { git: names('git'), oci: names('oci') };
});

/** The folders that a manifest brings, with where from. The root says nothing: every repository has one. */
function brought(survey: Survey, manifest: Manifest): { readonly folder: string; readonly place: Place }[] {
  const spec = new Cursor(manifest.body, { path: manifest.path }).get('spec');
  const pairs =
    manifest.kind === 'Application'
      ? [spec.get('source'), ...spec.get('sources').items()].map((source) => {
          const url = source.get('repoURL').string();
          return {
            path: source.get('path').string(),
            place: url === undefined ? undefined : { kind: 'git' as const, url },
          };
        })
      : manifest.kind === 'Kustomization'
        ? [{ path: spec.get('path').string(), place: fluxPlace(survey, manifest, spec.get('sourceRef')) }]
        : [];
  return pairs.flatMap(({ path, place }) => {
    const folder = path === undefined ? undefined : folderBrought(survey, manifest, path, place);
    return folder === undefined || folder === ROOT || place === undefined ? [] : [{ folder, place }];
  });
}

interface FluxSource {
  readonly kind: string;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly url: string | undefined;
}

const fluxSources = oncePer((survey: Survey): readonly FluxSource[] =>
  survey.sources.tree.files.flatMap((path) => {
    if (!/\.(?:ya?ml|json)$/i.test(path) || survey.leftOut(path) !== undefined) return [];
    const text = survey.sources.text(path, ['kubernetes']);
    if (typeof text !== 'string' || !text.includes('source.toolkit.fluxcd.io/')) return [];
    return survey.sources
      .manifests(path)
      .filter(({ kind }) => kind === 'GitRepository' || kind === 'OCIRepository')
      .flatMap(({ kind, body }) =>
        wellFormed(() => {
          const at = new Cursor(body, { path });
          const [name, namespace] = ['name', 'namespace'].map((key) => at.get('metadata', key).string());
          return [{ kind, name, namespace, url: at.get('spec', 'url').string() }];
        }),
      );
  }),
);

/** Nothing of what is malformed; reading it as an application is where that is told. */
function wellFormed<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedValue) return [];
    throw error;
  }
}

/** `acme/shop.git` and `git@git.example:acme/shop` are both `shop`. */
function nameOf(url: string): string {
  return /(?<name>[^/:]*?)(?:\.git)?\/*$/.exec(url.trim())?.groups?.['name']?.toLowerCase() ?? url;
}
