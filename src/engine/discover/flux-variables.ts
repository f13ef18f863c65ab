import { Cursor } from '../../model/cursor.ts';
import { oncePer } from '../../model/once.ts';
import type { FolderSource } from './app.ts';
import { folderOf } from './paths.ts';
import type { Manifest } from './sources.ts';
import type { Survey } from './survey.ts';

type Variables = Pick<FolderSource, 'substitute' | 'hiddenVariables'>;

/**
 * The variables of a Flux Kustomization: those of ConfigMaps that the repository holds, each over those before it, and its own over
 * all. Of a Secret no more is read than which variables it sets; what is not here at all may set any of them.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export function fluxVariables(survey: Survey, manifest: Manifest): Variables {
  const at = new Cursor(manifest.body, { path: manifest.path, document: manifest.index });
  const build = at.get('spec', 'postBuild');
  const references = build.get('substituteFrom').items();
  if (references.length === 0 && !build.get('substitute').exists) return {};
  const namespace = at.get('metadata', 'namespace').string();
  const values = new Map<string, string>();
  const hidden = new Set<string>();
  const from: string[] = [];
  let isOpen = false;
  for (const reference of references) {
    const kind = reference.get('kind').string() ?? 'ConfigMap';
    const name = reference.get('name').string() ?? '';
    const held = heldBy(survey, manifest.path, kind, name, namespace);
    if (held === undefined || kind === 'Secret') from.push(`${kind} ${name}`);
    if (held === undefined) {
      isOpen = true;
      values.clear();
    }
    for (const [key, value] of held ?? []) {
      if (value === undefined) hidden.add(key);
      else hidden.delete(key);
      if (value === undefined) values.delete(key);
      else values.set(key, value);
    }
  }
  for (const [key, value] of Object.entries(stringsOf(build.get('substitute')))) {
    hidden.delete(key);
    values.set(key, value);
  }
  const substitute = Object.fromEntries(values);
  if (!isOpen && hidden.size === 0) return { substitute };
  return { substitute, hiddenVariables: { from, ...(isOpen ? {} : { names: [...hidden].sort() }) } };
}

/** YAML numbers and booleans are text once Flux substitutes them. */
export function stringsOf(at: Cursor): Record<string, string> {
  return Object.fromEntries(at.entries().map(([key, value]) => [key, String(value.value ?? '')]));
}

/** The keys of the one ConfigMap or Secret that is meant, with the values that are known; `undefined` where it cannot be told which. */
function heldBy(
  survey: Survey,
  declaredBy: string,
  kind: string,
  name: string,
  namespace: string | undefined,
): [string, string | undefined][] | undefined {
  const found = candidates(survey, kind, name, namespace);
  const beside = found.filter(({ path }) => folderOf(path) === folderOf(declaredBy));
  const [only, ...others] = found.length > 1 ? beside : found;
  if (only === undefined || others.length > 0 || isChanged(survey, name)) return undefined;
  const body = new Cursor(only.body, { path: only.path, document: only.index });
  const own = Object.entries(stringsOf(body.get('data')));
  if (kind === 'Secret')
    return [...own, ...Object.entries(stringsOf(body.get('stringData')))].map(([key]) => [key, undefined]);
  // A value that is itself filled in is known only to the Kustomization that applies the ConfigMap.
  return own.map(([key, value]) => [key, value.includes('${') ? undefined : value]);
}

function candidates(survey: Survey, kind: string, name: string, namespace: string | undefined): Manifest[] {
  return (heldIn(survey).get(`${kind}/${name}`) ?? []).filter(({ body, path }) => {
    const own = new Cursor(body, { path }).get('metadata', 'namespace').value ?? namespace;
    return own === namespace;
  });
}

/** ConfigMaps and Secrets of the repository by kind and name; clusters refer to the same few from each of their Kustomizations. */
const heldIn = oncePer((survey: Survey): ReadonlyMap<string, Manifest[]> =>
  Map.groupBy(
    survey.sources.tree.files.flatMap((path) => manifestsIn(survey, path)),
    ({ kind, body, path }) => `${kind}/${String(new Cursor(body, { path }).get('metadata', 'name').value)}`,
  ),
);

function manifestsIn(survey: Survey, path: string): Manifest[] {
  const { sources } = survey;
  if (!/\.(?:ya?ml|json)$/i.test(path) || survey.leftOut(path) !== undefined) return [];
  const text = sources.text(path, ['kubernetes']);
  if (typeof text !== 'string' || !/\b(?:ConfigMap|Secret)\b/.test(text)) return [];
  if (survey.chartAround(path) !== undefined || sources.isTemplate(path)) return [];
  return sources.manifests(path).filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret');
}

/** Whether a kustomization may change an object of this name on its way. */
function isChanged(survey: Survey, name: string): boolean {
  return changesIn(survey).some((text) => text.includes(name));
}

/** What kustomizations change objects by, as text. */
const changesIn = oncePer(({ kustomize, sources }: Survey): readonly string[] =>
  [...kustomize.byFolder.values()].flatMap(({ body, helpers }) => {
    const { patches, patchesStrategicMerge, patchesJson6902, replacements, configMapGenerator, transformers } = body;
    const inline = [patches, patchesStrategicMerge, patchesJson6902, replacements, configMapGenerator, transformers];
    const files = helpers.map(({ path }) =>
      path === undefined || !sources.tree.has(path) ? '' : sources.text(path, []),
    );
    return [JSON.stringify(inline), ...files.filter((text) => typeof text === 'string')];
  }),
);
