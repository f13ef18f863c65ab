import { paramNames } from '../engine/params.ts';
import { nearest } from '../engine/spec/suggest.ts';
import { memberOf } from '../gate/input.ts';
import type { ControlMeta } from '../model/control.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import { openProject } from './check.ts';
import type { Project } from './project.ts';
import { readSpec } from './read-spec.ts';

/** What the catalog says of a control. Throws `usage` as {@link demandKnown}. */
export async function controlOf(id: string): Promise<ControlMeta> {
  const { catalog } = await import('../controls/catalog.ts');
  const meta = catalog.find((one) => one.id === id);
  if (meta === undefined)
    throw unknownControl(
      id,
      catalog.map((one) => one.id),
    );
  return meta;
}

/** Throws `usage` for an id that no control of the catalog has, and says which one is near it. */
export async function demandKnown(ids: readonly string[]): Promise<void> {
  const { catalog } = await import('../controls/catalog.ts');
  demand(
    ids,
    catalog.map(({ id }) => id),
  );
}

/**
 * As {@link demandKnown}, where the user's own controls of the spec count as well: evidence and exceptions may be for those. Where
 * there is a spec, the environment must be one of its own: what is for another would satisfy nothing, and nobody would notice.
 */
export async function demandKnownHere(control: string, environment: string, project: Project): Promise<void> {
  const { catalog } = await import('../controls/catalog.ts');
  const spec = await readSpec(openProject(project), project);
  demand(
    [control],
    [...catalog, ...(spec?.controls ?? [])].map(({ id }) => id),
  );
  const environments = spec?.environments.map(({ name }) => name) ?? [environment];
  if (!environments.includes(environment))
    throw new LaunchgateError('usage', `launchgate.yaml has no environment ${environment}`, {
      next: `Name one of ${environments.join(', ')}.`,
    });
}

/** Throws `refused` for a control that no waiver covers, by its own word or the policy's. */
export async function demandWaivable(control: string, { nonWaivable }: Policy): Promise<void> {
  const { catalog } = await import('../controls/catalog.ts');
  const isWaivable = catalog.find(({ id }) => id === control)?.waivable !== false && !nonWaivable.includes(control);
  if (isWaivable) return;
  throw new LaunchgateError('refused', `${control} cannot be waived`, {
    next: 'Mend what it asks for; where it does not apply, run "launchgate exclude".',
  });
}

/**
 * Throws `usage` for a control that a policy names, that the one before did not, and that nobody knows: of `nonWaivable`, a floor or an age it
 * would hold nothing, and nobody would notice.
 */
export async function demandKnownInPolicy(policy: Policy, before: Policy, project: Project): Promise<void> {
  const { catalog, controls } = await import('../controls/catalog.ts');
  for (const { meta, params } of controls) demandParams(meta.id, paramNames(params), policy, before);
  const known = [...controlsIn(before), ...catalog.map(({ id }) => id)];
  const strange = controlsIn(policy).filter((id) => !known.includes(id));
  if (strange.length === 0) return;
  const spec = await readSpec(openProject(project), project);
  demand(strange, [...known, ...(spec?.controls ?? []).map(({ id }) => id)]);
}

/** Throws `usage` for a floor under a param that the control does not have, and that the policy before did not set. */
function demandParams(id: string, known: readonly string[], { floors }: Policy, before: Policy): void {
  const strange = Object.keys(memberOf(floors, id) ?? {}).find(
    (name) => !known.includes(name) && memberOf(before.floors, id)?.[name] === undefined,
  );
  if (strange === undefined) return;
  const close = nearest(strange, known);
  throw new LaunchgateError('usage', `${id} has no param ${strange} to set a floor for`, {
    next: close === undefined ? `Run "launchgate controls ${id}" for its params.` : `Did you mean ${close}?`,
  });
}

function controlsIn({ nonWaivable, floors, gates }: Policy): string[] {
  const inGates = gates.flatMap(({ requires, signOffs, tracks, maxAge }) => [
    ...[...requires, ...signOffs, ...tracks].flatMap(({ controls = [] }) => controls),
    ...Object.keys(maxAge.controls),
  ]);
  return [...nonWaivable, ...Object.keys(floors), ...inGates];
}

function demand(ids: readonly string[], known: readonly string[]): void {
  const strange = ids.find((id) => !known.includes(id));
  if (strange !== undefined) throw unknownControl(strange, known);
}

function unknownControl(strange: string, known: readonly string[]): LaunchgateError {
  const close = nearest(strange, known);
  return new LaunchgateError('usage', `there is no control ${strange}`, {
    next: close === undefined ? 'Run "launchgate controls" for the list.' : `Did you mean ${close}?`,
  });
}
