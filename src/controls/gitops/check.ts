import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { theEnvironment } from '../../model/subjects.ts';
import {
  productionDeploys,
  productionNames,
  readPipelines,
  type ProductionDeploy,
} from '../../proofs/workflows/index.ts';
import { followsFixed, isFilledIn, isRoot, looseText } from './revisions.ts';
import { readSyncing, type Followed, type Syncing } from './sources.ts';

interface Delivery {
  readonly production: boolean;
  readonly syncing: readonly Syncing[];
  /** Jobs that change production past the controller. */
  readonly pushes: readonly ProductionDeploy[];
  /** Folders of this repository with code that an image is built from. */
  readonly code: readonly string[];
}

export interface Params {
  readonly branches: readonly string[];
  readonly manualSync: boolean;
  readonly monorepo: boolean;
  readonly rootFrom: number;
}

/** The environment; without a spec only where something shows how it is deployed. */
export function deliveredEnvironment(view: PlatformView): Subject[] {
  const seen = view.applications().length > 0 || pushesOf(view).length > 0;
  return view.provisional && !seen ? [] : theEnvironment(view);
}

export function delivery(): Query<Delivery> {
  return (view) => ({
    production: view.environment.kind === 'production',
    syncing: readSyncing(view.applications()),
    pushes: pushesOf(view),
    code: codeFolders(view.files()),
  });
}

/** Jobs with a command that applies to the cluster itself; an environment alone may be the approval before a pull request. */
function pushesOf(view: PlatformView): ProductionDeploy[] {
  const { workflows, actions } = readPipelines(view);
  return productionDeploys({ workflows, actions }, productionNames(view), { byCommand: true }).filter(({ because }) =>
    /kubectl|helm|kustomize/.test(because),
  );
}

/** Folders with both a Dockerfile and the manifest of a language. */
function codeFolders(files: readonly string[]): string[] {
  const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const images = new Set(files.filter((path) => /(?:^|\/)Dockerfile$/.test(path)).map(folderOf));
  const manifests = files.filter((path) =>
    /(?:^|\/)(?:package\.json|go\.mod|pyproject\.toml|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|Gemfile)$/.test(
      path,
    ),
  );
  return [...new Set(manifests.map(folderOf).filter((folder) => images.has(folder)))];
}

export function check(_subject: Subject, input: Delivery, params: Params): Result {
  const { syncing, pushes } = input;
  const pushed = input.production ? pushes.map((deploy) => pushFinding(deploy, syncing.length > 0)) : [];
  if (syncing.length === 0 && pushed.length === 0)
    return inconclusive(
      'no application of Argo CD or Flux for this environment was seen; it may be in another repository',
    );
  const findings = [
    ...pushed,
    ...syncing.flatMap((one) => driftFindings(one, params)),
    ...(input.production ? revisionFindings(syncing, params) : []),
    ...togetherFindings(input, params),
  ];
  const patched = params.manualSync ? undefined : syncing.find((one) => one.patched);
  if (findings.length === 0 && patched !== undefined)
    return inconclusive(`how ${patched.name} syncs its applications is decided by its templatePatch`, patched.origin);
  const open = input.production ? syncing.find((one) => one.follows.some(isFilledIn)) : undefined;
  if (findings.length === 0 && open !== undefined)
    return inconclusive(`what ${open.name} follows is filled in by its generators, which nothing here evaluates`);
  const count = `${syncing.length} ${syncing.length === 1 ? 'application is' : 'applications are'}`;
  return failOr(findings, `${count} brought from git, and drift is detected in each`, {
    applications: syncing.length,
  });
}

function pushFinding({ job, workflow, because, origin }: ProductionDeploy, besides: boolean): Finding {
  return {
    message: `job ${job} of ${workflow} changes production itself (${because})${besides ? ', past the controller that follows git' : ''}`,
    severity: 'high',
    origin,
    remediation: 'Let it raise the version in git by tag or pull request, and leave the cluster to the controller.',
  };
}

function driftFindings(
  { name, automated, patched, suspended, blind, origin }: Syncing,
  { manualSync }: Params,
): Finding[] {
  const found = (message: string, severity: Finding['severity'], remediation: string): Finding => ({
    message: `${name} ${message}`,
    severity,
    origin,
    remediation,
  });
  if (suspended) return [found('is suspended, so git and the cluster drift apart', 'high', 'Resume it.')];
  return [
    ...(automated || patched || manualSync
      ? []
      : [
          found(
            'is not synced automatically, so a change in git waits for a person',
            'medium',
            'Set syncPolicy.automated with selfHeal.',
          ),
        ]),
    ...(blind === undefined ? [] : [found(`does not see drift: ${blind}`, 'low', 'Let it detect and correct drift.')]),
  ];
}

/** What several take from one source is one thing to mend. */
function revisionFindings(all: readonly Syncing[], params: Params): Finding[] {
  const loose = all
    .filter((one) => !isRoot(one, all))
    .flatMap(({ follows, automated, patched }) =>
      follows
        .filter((followed) => !followsFixed(followed, params.branches))
        .map((followed) => ({ ...followed, automated: automated || patched })),
    );
  const bySource = Map.groupBy(loose, ({ what, origin }) => JSON.stringify([what, origin]));
  return [...bySource.values()].flatMap(([first, ...others]): Finding[] => {
    if (first === undefined) return [];
    const name =
      others.length === 0
        ? first.name
        : `${first.name}, as ${others.length === 1 ? 'does' : 'do'} ${othersText(others)},`;
    const finding: Finding = {
      message: `${name} ${looseText(first, first.automated)}`,
      severity: 'medium',
      origin: first.origin,
      remediation: MEND[first.what],
    };
    return [finding];
  });
}

const MEND: Readonly<Record<Followed['what'], string>> = {
  git: 'Follow a release tag that a promotion raises, or allow the branch where a pull request into it is the promotion.',
  artifact: 'Follow a digest or a version that a promotion raises, or allow the tag where pushing it is the promotion.',
  chart: 'Name one version.',
};

const MOST_NAMED = 3;

function othersText(others: readonly Followed[]): string {
  const names = [...new Set(others.map(({ name }) => name))];
  const more = names.length - MOST_NAMED;
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ');
}

function togetherFindings({ syncing, code }: Delivery, params: Params): Finding[] {
  const [first] = syncing;
  if (first === undefined) return [];
  const applications = syncing.filter(({ name }) => name.startsWith('Application '));
  const held = syncing.some(
    (one) => isRoot(one, syncing) || one.name.startsWith('ApplicationSet ') || one.name.startsWith('Kustomization '),
  );
  return [
    ...(code.length === 0 || params.monorepo
      ? []
      : [
          {
            message: `the repository holds both the code of ${code.slice(0, 3).join(', ') || 'the application'} and what deploys it`,
            severity: 'low',
            origin: first.origin,
            remediation: 'Keep infrastructure in a repository of its own, or set monorepo where one is meant.',
          } satisfies Finding,
        ]),
    ...(applications.length < params.rootFrom || held
      ? []
      : [
          {
            message: `${applications.length} applications are created one by one: no application or set holds them`,
            severity: 'low',
            origin: first.origin,
            fromAbsence: true,
            remediation: 'Let a root application or an ApplicationSet create them.',
          } satisfies Finding,
        ]),
  ];
}
