import { LaunchgateError } from '../../model/errors.ts';
import type { Deployable, Gap, PlatformFacts } from '../../model/platform.ts';
import type { EnvironmentSpec, Spec } from '../../model/spec.ts';
import {
  chosenEnvironment,
  foundEnvironments,
  inEnvironment,
  names,
  type ChosenEnvironment,
} from '../discover/choose.ts';
import type { Discovery } from '../discover/index.ts';
import { applicationsOf } from './applications.ts';
import { mergeObjects } from './merge.ts';
import { accountForMissing } from './missing.ts';
import { otherEnvironmentsOf } from './others.ts';
import { NAME, platformName, provisionalSpec } from './provisional.ts';
import { passedBy } from './passed-by.ts';
import { placing, readable, type Place } from './readable.ts';
import { joinServices } from './services.ts';
import { terraformOf } from './terraform.ts';
import { unjudged } from './unjudged.ts';

/**
 * The platform of a repository in one environment: the spec's, or one derived from what was found, with every assumption in words.
 * Throws `usage` for an environment that neither knows.
 */
export function resolve(
  discovery: Discovery,
  spec: Spec | undefined,
  environmentName: string | undefined,
  specPath = 'launchgate.yaml',
): PlatformFacts {
  const chosen = chosenEnvironment(discovery.deployables, spec, environmentName);
  demandKnown(discovery, spec, chosen);
  const candidates = discovery.deployables.filter((deployable) => inEnvironment(deployable, chosen, spec));
  const merged = mergeObjects(candidates, discovery.rendered, spec === undefined);
  const place = placing(discovery);
  const read = readable(merged.objects, place);
  const derived =
    spec ?? provisionalSpec(discovery.tree.root, discovery.deployables, chosen, read.workloads, read.objects);
  const passed = passedBy(discovery, spec, chosen, merged.deployables);
  const own = new Set(merged.deployables.map(({ id }) => id));
  const joined = joinServices(derived, read, spec !== undefined);
  const services =
    spec === undefined || merged.deployables.some((one) => isUnrendered(one, discovery))
      ? { services: joined.services, gaps: [] }
      : accountForMissing(spec, joined.services, read, { environment: chosen.name, specPath, place });
  return {
    name: spec?.name ?? platformName(discovery.tree.root),
    environment: environmentOf(derived, chosen),
    provisional: spec === undefined,
    assumptions: [
      ...(spec === undefined ? environmentAssumptions(discovery, merged.deployables, chosen) : []),
      ...passed.assumptions,
      ...merged.assumptions,
      ...pinnedRenders(discovery, merged.deployables),
    ],
    spec: derived,
    ...(spec === undefined ? {} : { specPath }),
    deployables: merged.deployables,
    services: services.services,
    objects: read.objects,
    workloads: read.workloads,
    applications: applicationsOf(
      discovery,
      read.objects,
      chosen,
      derived.environments.map(({ name }) => name),
    ),
    otherEnvironments: otherEnvironmentsOf(discovery, derived, spec, environmentOf(derived, chosen).name),
    terraform: terraformOf(discovery, merged.deployables),
    documents: discovery.documents,
    files: discovery.files,
    leftOut: discovery.leftOut,
    gaps: [
      ...discovery.gaps
        .filter((gap) => gap.deployable === undefined || own.has(gap.deployable))
        .map((gap) => atItsApplication(gap, merged.deployables, place)),
      ...merged.gaps,
      ...read.gaps,
      ...unjudged(read, joined.owners, place),
      ...services.gaps,
      ...unrendered(discovery, merged.deployables),
      ...unmatched(discovery, chosen),
      ...passed.gaps,
    ],
  };
}

/** A pin says what its writer rendered; that the sources render to it nobody looked at. */
function pinnedRenders(discovery: Discovery, deployables: readonly Deployable[]): string[] {
  return deployables.flatMap(({ id, path }) => {
    const because = discovery.rendered.get(id)?.pinned;
    return because === undefined ? [] : [`took the pinned render of ${path} on trust: ${because}`];
  });
}

function demandKnown(discovery: Discovery, spec: Spec | undefined, chosen: ChosenEnvironment): void {
  if (spec !== undefined && chosen.spec !== undefined) return;
  const known = spec === undefined ? foundEnvironments(discovery.deployables) : spec.environments;
  if (known.some(({ name }) => name === chosen.name)) return;
  if (known.length === 0 && NAME.test(chosen.name)) return;
  if (known.length === 0)
    throw new LaunchgateError('usage', `"${chosen.name}" is no name of an environment`, {
      next: 'Write lower-case letters, digits, "-" and ".", as in production.',
    });
  throw new LaunchgateError('usage', `there is no environment ${chosen.name}`, {
    next: `Choose one of ${known.map(({ name }) => name).join(', ')}.`,
  });
}

function environmentOf(spec: Spec, chosen: ChosenEnvironment): EnvironmentSpec {
  return (
    chosen.spec ??
    spec.environments.find(({ name }) => name === chosen.name) ?? {
      name: chosen.name,
      kind: chosen.kind,
      allowedDifferences: [],
    }
  );
}

function environmentAssumptions(
  discovery: Discovery,
  deployables: readonly Deployable[],
  chosen: ChosenEnvironment,
): string[] {
  if (deployables.length === 0)
    return ['no launchgate.yaml, and nothing that deploys was found', ...composeAssumptions(discovery)];
  const here = deployables.filter(({ id }) => !id.startsWith('foreign:'));
  if (here.length === 0)
    return ['no launchgate.yaml, and nothing of what its applications deploy is in this repository'];
  const named = here.filter(({ environment }) => environment !== undefined);
  const others = discovery.deployables.filter(
    ({ environment }) => environment !== undefined && environment !== chosen.name,
  );
  if (named.length === 0) return [`no launchgate.yaml: took ${listed(here)} as what runs in ${chosen.name}`];
  const anywhere = here.filter(({ environment }) => environment === undefined);
  const aside = Map.groupBy(others, ({ environment }) => environment ?? '');
  return [
    `no launchgate.yaml: took ${listed(named)} as what runs in ${chosen.name} (${named[0]?.environmentFrom ?? ''})`,
    ...(anywhere.length === 0
      ? []
      : [`took ${listed(anywhere)} too, which ${anywhere.length === 1 ? 'names' : 'name'} no environment`]),
    ...[...aside].map(([name, members]) => `did not look at ${name}: ${listed(members)}`),
  ];
}

/** What Docker Compose runs is looked through for credentials, and for nothing else. */
function composeAssumptions({ documents }: Discovery): string[] {
  const [first, ...more] = documents.filter((document) => document.class === 'compose').map(({ path }) => path);
  if (first === undefined) return [];
  const which = more.length === 0 ? first : `${first} and ${more.length} more`;
  return [`did not judge what Docker Compose runs by ${which}, but for credentials in it`];
}

function listed(deployables: readonly Deployable[]): string {
  const here = deployables.filter(({ id }) => !id.startsWith('foreign:'));
  const shown = here.slice(0, 5).map(({ path, renderer }) => (path === '.' ? `the ${renderer} root` : path));
  const more = here.length - shown.length;
  return `${[...new Set(shown)].join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** An application that is a part of what another renders has its place in the sources of that, not where the outer one is declared. */
function atItsApplication(gap: Gap, deployables: readonly Deployable[], place: Place): Gap {
  const owner = deployables.find(({ id }) => id === gap.deployable);
  if (owner?.declaredAt === undefined || gap.path !== owner.declaredBy) return gap;
  return { ...gap, ...place(owner.declaredAt) };
}

/** Its tool could not run, so that what it holds may be anything. What comes from elsewhere is never rendered. */
function isUnrendered({ id, renderer }: Deployable, { rendered }: Discovery): boolean {
  if (renderer === 'terraform' || id.startsWith('foreign:')) return false;
  const own = rendered.get(id);
  return own === undefined || (own.objects.length === 0 && own.gaps.length > 0);
}

/** Deployables of the environment that the discovery was not asked to render. */
function unrendered(discovery: Discovery, deployables: readonly Deployable[]): Gap[] {
  return deployables
    .filter(({ renderer, id }) => renderer !== 'terraform' && !discovery.rendered.has(id))
    .map(({ path, id }) => ({
      path,
      deployable: id,
      reason: 'it was not rendered, because another environment was asked for',
      fix: 'Discover the repository for this environment.',
      hides: ['kubernetes'],
    }));
}

/** Entries of the spec's `deployables` at which nothing deployable was found. */
function unmatched(discovery: Discovery, chosen: ChosenEnvironment): Gap[] {
  return (chosen.spec?.deployables ?? [])
    .filter((entry) => !discovery.deployables.some((deployable) => names(entry, deployable)))
    .map((entry) => ({
      path: entry,
      reason: `environment ${chosen.name} names it among its deployables, and nothing that deploys is there`,
      fix: 'Correct the path in launchgate.yaml.',
      hides: ['kubernetes', 'terraform'],
    }));
}
