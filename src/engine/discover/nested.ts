import type { Deployable, Gap } from '../../model/platform.ts';
import type { LeftOut, Rendered } from './discovery.ts';
import { excludedBy } from './excluded.ts';
import { declaresItself, join, numbered, type Found } from './found.ts';
import { isApp } from './app-manifests.ts';
import { readApps, type AppsFound } from './find-apps.ts';
import { passedOver } from './passed-over.ts';
import type { Manifest } from './sources.ts';
import type { Survey } from './survey.ts';

/** Deployables with their objects. */
export interface Rounds {
  readonly deployables: readonly Deployable[];
  readonly rendered: ReadonlyMap<string, Rendered>;
  readonly gaps: readonly Gap[];
  readonly leftOut: readonly LeftOut[];
}

/** Applications that deploy applications that deploy applications. */
const MAX_ROUNDS = 4;

/**
 * Renders, and goes on with the applications found in the output: an application made by a chart or patched by an overlay is only
 * known then, and replaces what its unrendered file seemed to say. Deployables found by their folder alone make room for those an
 * application names.
 */
export async function renderRounds(
  survey: Survey,
  apps: AppsFound,
  others: readonly Deployable[],
  render: (deployables: readonly Deployable[]) => Promise<ReadonlyMap<string, Rendered>>,
): Promise<Rounds> {
  let deployables: Deployable[] = [...apps.deployables, ...others];
  let gaps: Gap[] = [...apps.gaps];
  const leftOut: LeftOut[] = [...apps.leftOut];
  const rendered = new Map<string, Rendered>();
  let fresh: readonly Deployable[] = deployables;
  for (let round = 0; round < MAX_ROUNDS && fresh.length > 0; round += 1) {
    for (const [id, result] of await render(fresh)) rendered.set(id, result);
    const owners = fresh.filter((one) => isRendered(one, rendered.get(one.id)));
    const consumed = new Set(owners.flatMap(({ sources }) => sources));
    const found = owners.map((owner) => nestedApps(survey, owner, rendered.get(owner.id)));
    const known = new Map(deployables.filter(({ id }) => rendered.has(id)).map((one) => [identityOf(one), one]));
    const kept = new Set(found.flatMap((one) => one.deployables).map((one) => known.get(identityOf(one))));
    const excluded = excludedIn(deployables, owners, found);
    const stale = new Set(
      deployables.filter((one) => !kept.has(one) && (isStale(one, consumed, found) || excluded.has(one))),
    );
    // What is replaced takes along what came out of it: its successor is rendered in the next round.
    const nested = found.filter((_, index) => !stale.has(owners[index] as Deployable));
    gaps = gaps.filter((gap) => !isStaleGap(gap, consumed, stale));
    deployables = deployables.filter((deployable) => !stale.has(deployable));
    for (const { id } of stale) rendered.delete(id);
    leftOut.push(...[...excluded].flatMap(([one, reason]) => (stale.has(one) ? [reason] : [])));
    leftOut.push(...nested.flatMap((one) => [...one.leftOut, ...sparedBy(one, stale)]));
    const taken = new Set(deployables.map(({ id }) => id));
    const added = join(nested.map((one) => numbered(withoutKnown(one, known), taken)));
    deployables.push(...added.deployables);
    gaps.push(...added.gaps);
    fresh = added.deployables;
  }
  for (const deployable of fresh) rendered.set(deployable.id, tooDeep(deployable));
  return { deployables, rendered, gaps, leftOut };
}

/** Folders' own deployables that an ApplicationSet excludes which something renders; not what renders it, wherever that lies. */
function excludedIn(
  deployables: readonly Deployable[],
  owners: readonly Deployable[],
  found: readonly AppsFound[],
): ReadonlyMap<Deployable, LeftOut> {
  const folders = new Map(found.flatMap(({ excluded }) => [...excluded]));
  const rendering = new Set(owners.filter((_, index) => (found[index]?.excluded.size ?? 0) > 0));
  return new Map(
    deployables
      .filter((one) => declaresItself(one) && !rendering.has(one))
      .flatMap((one): [Deployable, LeftOut][] => {
        const reason = excludedBy(folders, one.path);
        return reason === undefined ? [] : [[one, reason]];
      }),
  );
}

/** What makes two deployables the same, whoever names them: an application may come out of what it deploys itself. */
function identityOf({ id, path, environment, namespace, helm, kustomize, commonMetadata }: Deployable): string {
  return JSON.stringify([id.replace(/#\d+$/, ''), path, environment, namespace, helm, kustomize, commonMetadata]);
}

/** What is found for the first time; the rest has its gaps already. */
function withoutKnown({ deployables, gaps }: AppsFound, known: ReadonlyMap<string, Deployable>): Found {
  const again = new Set(deployables.filter((one) => known.has(identityOf(one))).map(({ id }) => id));
  return {
    deployables: deployables.filter(({ id }) => !again.has(id)),
    gaps: gaps.filter(({ deployable }) => deployable === undefined || !again.has(deployable)),
    leftOut: [],
  };
}

function tooDeep({ id, path }: Deployable): Rendered {
  const reason = `applications deploy applications more than ${MAX_ROUNDS} levels deep`;
  return {
    objects: [],
    gaps: [{ path, deployable: id, reason, fix: 'Name the deployables in launchgate.yaml.', hides: ['kubernetes'] }],
  };
}

/** Whether a tool made the output, or would have made the same of the files: what they say of applications by themselves is over. */
function isRendered({ renderer }: Deployable, rendered: Rendered | undefined): boolean {
  if (rendered === undefined || (renderer === 'plain' && rendered.yaml === undefined)) return false;
  return rendered.objects.length > 0 || rendered.gaps.length === 0;
}

function nestedApps(survey: Survey, owner: Deployable, rendered: Rendered | undefined): AppsFound {
  const manifests = (rendered?.objects ?? []).filter(isApp).map(({ apiVersion, kind, body, origin }): Manifest => ({
    path: origin.rendered === undefined ? origin.path : owner.declaredBy,
    index: 0,
    line: 1,
    apiVersion,
    kind,
    body,
    ...(origin.rendered === undefined ? {} : { renderedAt: origin }),
  }));
  const { environment, environmentFrom } = owner;
  const inherited = environment === undefined ? {} : { environment, environmentFrom: environmentFrom ?? '' };
  return readApps(survey, manifests, inherited);
}

/** What a file alone said of an application that is rendered now, or a folder's own deployable that an application names better. */
function isStale(deployable: Deployable, consumed: ReadonlySet<string>, nested: readonly AppsFound[]): boolean {
  if (!declaresItself(deployable)) return consumed.has(deployable.declaredBy);
  if (deployable.renderer !== 'plain') return nested.some(({ folders }) => folders.has(deployable.path));
  return nested.some((found) => {
    const [spared, { files }] = [passedOver(found), found];
    return files.size > 0 && deployable.sources.every((file) => files.has(file) || spared(file) !== undefined);
  });
}

/** Files of folders' own deployables that an application replaced and does not take. */
function sparedBy(found: AppsFound, stale: ReadonlySet<Deployable>): LeftOut[] {
  const [spared, { files }] = [passedOver(found), found];
  return [...stale]
    .filter((deployable) => deployable.renderer === 'plain' && declaresItself(deployable))
    .flatMap(({ sources }) => sources.flatMap((file) => (files.has(file) ? [] : (spared(file) ?? []))));
}

function isStaleGap(gap: Gap, consumed: ReadonlySet<string>, stale: ReadonlySet<Deployable>): boolean {
  if (gap.deployable === undefined) return consumed.has(gap.path);
  return [...stale].some(({ id }) => id === gap.deployable);
}
