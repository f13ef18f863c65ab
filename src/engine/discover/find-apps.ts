import { MalformedValue } from '../../model/cursor.ts';
import type { Deployable, Gap } from '../../model/platform.ts';
import type { AppSource } from './app.ts';
import { appManifests } from './app-manifests.ts';
import { expandApplicationSet } from './applicationset.ts';
import { argoSources } from './argocd.ts';
import type { LeftOut } from './discovery.ts';
import { excludedFolders } from './excluded.ts';
import { fluxSource } from './flux.ts';
import { numbered, type Found, type Recognised } from './found.ts';
import { materialise } from './materialise.ts';
import type { Manifest } from './sources.ts';
import type { Survey } from './survey.ts';

/** Deployables that Argo CD or Flux name, and which folders and files they thereby take. */
export interface AppsFound extends Found {
  /** Folders of kustomizations and charts. */
  readonly folders: ReadonlySet<string>;
  /** Files of plain folders. */
  readonly files: ReadonlySet<string>;
  /** Folders that an ApplicationSet excludes, with the file that says so. */
  readonly excluded: ReadonlyMap<string, string>;
}

/** Reads every Application, ApplicationSet, Flux Kustomization and HelmRelease that is not in a test folder or a chart. */
export function findApps(survey: Survey): AppsFound {
  return readApps(survey, appManifests(survey));
}

/** What applications deploy. `inherited`: the environment of those that name none, when they come out of a deployable that has one. */
export function readApps(survey: Survey, manifests: readonly Manifest[], inherited: Recognised = {}): AppsFound {
  const made: { deployables: Deployable[]; leftOut: LeftOut[]; gaps: Gap[] } = {
    deployables: [],
    leftOut: [],
    gaps: [],
  };
  const taken = new Set<string>();
  const excluded = new Map<string, string>();
  for (const manifest of manifests) {
    try {
      const read = readApp(survey, manifest);
      made.leftOut.push(...read.leftOut);
      made.gaps.push(...read.gaps);
      for (const source of read.sources) {
        const found = materialise(survey, { ...source, environment: { ...inherited, ...source.environment } });
        const own = numbered({ ...found, leftOut: [] }, taken);
        const at = manifest.renderedAt === undefined ? {} : { declaredAt: manifest.renderedAt };
        made.deployables.push(...own.deployables.map((deployable) => ({ ...deployable, ...at })));
        made.gaps.push(...own.gaps);
      }
      if (manifest.kind === 'ApplicationSet')
        for (const folder of excludedFolders(survey, manifest)) excluded.set(folder, manifest.path);
    } catch (error) {
      if (!(error instanceof MalformedValue)) throw error;
      made.gaps.push(gapAt(manifest, error.message, `Correct ${manifest.kind} at line ${manifest.line}.`));
    }
  }
  const plain = made.deployables.filter(({ renderer }) => renderer === 'plain');
  const others = made.deployables.filter(({ renderer }) => renderer !== 'plain');
  return {
    ...made,
    folders: new Set(others.map(({ path }) => path)),
    files: new Set(plain.flatMap(({ sources }) => sources)),
    excluded,
  };
}

function readApp(
  survey: Survey,
  manifest: Manifest,
): { sources: readonly AppSource[]; leftOut: LeftOut[]; gaps: Gap[] } {
  if (manifest.kind === 'Application') {
    return { sources: argoSources(survey, { ...manifest, declaredBy: manifest.path }), leftOut: [], gaps: [] };
  }
  if (manifest.kind === 'ApplicationSet') {
    const { applications, unknown } = expandApplicationSet(survey, manifest);
    const fix = 'Name the deployables of each environment in launchgate.yaml.';
    return {
      sources: applications.flatMap((application) => argoSources(survey, application)),
      leftOut: [],
      gaps: unknown.map((what) => gapAt(manifest, `the ApplicationSet depends on ${what}`, fix)),
    };
  }
  const source = fluxSource(survey, manifest);
  if (source !== undefined) return { sources: [source], leftOut: [], gaps: [] };
  return { sources: [], leftOut: [{ path: manifest.path, reason: `a ${manifest.kind} that is suspended` }], gaps: [] };
}

function gapAt(manifest: Manifest, reason: string, fix: string): Gap {
  return { path: manifest.path, line: manifest.line, reason, fix, hides: ['kubernetes'] };
}
