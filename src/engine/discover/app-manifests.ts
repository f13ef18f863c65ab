/** Where the repository says what Argo CD and Flux deploy. */
import { isMapping } from '../../model/cursor.ts';
import { oncePer } from '../../model/once.ts';
import type { Manifest } from './sources.ts';
import type { Survey } from './survey.ts';

/** Every Application, ApplicationSet, Flux Kustomization and HelmRelease that is not in a test folder or a chart. */
export const appManifests = oncePer((survey: Survey): readonly Manifest[] => {
  const { sources } = survey;
  return sources.tree.files.flatMap((path) => {
    if (!/\.(?:ya?ml|json)$/i.test(path) || survey.leftOut(path) !== undefined) return [];
    const text = sources.text(path, ['kubernetes']);
    if (typeof text !== 'string' || !mayHoldApps(text)) return [];
    if (survey.kustomize.helpers.has(path)) return [];
    if (survey.chartAround(path) !== undefined || (sources.isTemplate(path) && !mayBeSet(text))) return [];
    return sources.manifests(path).flatMap(itemsOf).filter(isApp);
  });
});

/** The objects of a `List`, each at the place of the list; anything else is itself. */
function itemsOf(manifest: Manifest): Manifest[] {
  const { items } = manifest.body;
  if (!manifest.kind.endsWith('List') || !Array.isArray(items)) return [manifest];
  return items.filter(isMapping).flatMap((body) => {
    const { apiVersion, kind } = body;
    return typeof apiVersion === 'string' && typeof kind === 'string' ? [{ ...manifest, apiVersion, kind, body }] : [];
  });
}

/** Told without parsing: most files of these groups hold rollouts and sources. */
function mayHoldApps(text: string): boolean {
  return (
    /argoproj\.io\/|toolkit\.fluxcd\.io\//.test(text) &&
    /kind["']?[ \t]*:[ \t]*["']?(?:Application|HelmRelease|Kustomization)/.test(text)
  );
}

/** An ApplicationSet carries `{{ }}` of its own and is plain YAML all the same. */
function mayBeSet(text: string): boolean {
  return text.includes('kind: ApplicationSet');
}

/** Kinds that deploy something by themselves. */
export function isApp(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): boolean {
  return (
    (manifest.apiVersion === 'argoproj.io/v1alpha1' && /^Application(?:Set)?$/.test(manifest.kind)) ||
    isFluxKustomization(manifest) ||
    isHelmRelease(manifest)
  );
}

export function isFluxKustomization(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): boolean {
  return manifest.kind === 'Kustomization' && manifest.apiVersion.startsWith('kustomize.toolkit.fluxcd.io/');
}

export function isHelmRelease(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): boolean {
  return manifest.kind === 'HelmRelease' && manifest.apiVersion.startsWith('helm.toolkit.fluxcd.io/');
}
