import type { Deployable } from '../../model/platform.ts';
import type { EnvironmentSpec, Spec } from '../../model/spec.ts';
import { environmentOf, moreProductionLike, sameEnvironment, type NamedEnvironment } from './environment.ts';
import { isWithin, resolvePath, ROOT } from './paths.ts';

/** An environment as resolved so far: of the spec, or recognised by name. */
export interface ChosenEnvironment {
  readonly name: string;
  readonly kind: EnvironmentSpec['kind'];
  /** Undefined without a spec. */
  readonly spec?: EnvironmentSpec;
}

/** The environment to look at: the one that was asked for, else the most production-like of the spec or of what was found. */
export function chosenEnvironment(
  deployables: readonly Deployable[],
  spec: Spec | undefined,
  asked: string | undefined,
): ChosenEnvironment {
  const known = spec === undefined ? foundEnvironments(deployables) : spec.environments.map(fromSpec);
  const exact = known.find(({ name }) => name === asked);
  if (exact !== undefined) return exact;
  if (asked !== undefined)
    return known.find(({ name }) => sameEnvironment(name, asked, [])) ?? { name: asked, kind: kindOf(asked) };
  return known.toSorted(moreProductionLike)[0] ?? { name: 'production', kind: 'production' };
}

/** The environments that deployables were recognised to be for, the most production-like first. */
export function foundEnvironments(deployables: readonly Deployable[]): NamedEnvironment[] {
  const names = new Set(deployables.flatMap((deployable) => deployable.environment ?? []));
  return [...names].map((name) => ({ name, kind: kindOf(name) })).toSorted(moreProductionLike);
}

/**
 * Whether a deployable belongs to an environment. One the spec lists deployables for has exactly those; otherwise what was
 * recognised for it, and what was recognised for none.
 */
export function inEnvironment(deployable: Deployable, environment: ChosenEnvironment, spec: Spec | undefined): boolean {
  const listed = environment.spec?.deployables;
  if (listed !== undefined) return listed.some((entry) => names(entry, deployable));
  if (deployable.environment === undefined) return !listedElsewhere(deployable, environment, spec);
  const declared = spec?.environments.map(({ name }) => name) ?? [];
  return sameEnvironment(deployable.environment, environment.name, declared);
}

/** Whether an entry of the spec's `deployables` means this one: its id, its path, or a folder around it. */
export function names(entry: string, deployable: Deployable): boolean {
  if (entry === deployable.id) return true;
  const path = resolvePath(ROOT, entry);
  return path !== undefined && path !== ROOT ? isWithin(path, deployable.path) : path === deployable.path;
}

function listedElsewhere(deployable: Deployable, environment: ChosenEnvironment, spec: Spec | undefined): boolean {
  return (spec?.environments ?? []).some(
    (other) => other.name !== environment.name && (other.deployables ?? []).some((entry) => names(entry, deployable)),
  );
}

function fromSpec(environment: EnvironmentSpec): ChosenEnvironment {
  return { name: environment.name, kind: environment.kind, spec: environment };
}

function kindOf(name: string): EnvironmentSpec['kind'] {
  return environmentOf(name)?.kind ?? 'production';
}
