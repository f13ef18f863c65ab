import { nearest } from '../engine/spec/suggest.ts';
import type { ControlMeta } from '../model/control.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import type { Spec } from '../model/spec.ts';
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
  const spec = await readSpec(openProject(project), project);
  await demandOfEither(control, spec);
  const environments = spec?.environments.map(({ name }) => name) ?? [environment];
  if (!environments.includes(environment))
    throw new LaunchgateError('usage', `launchgate.yaml has no environment ${environment}`, {
      next: `Name one of ${environments.join(', ')}.`,
    });
}

/** Throws `usage` as {@link demandKnown}, where the user's own controls of the spec count as well. */
export async function demandControlHere(control: string, project: Project): Promise<void> {
  await demandOfEither(control, await readSpec(openProject(project), project));
}

async function demandOfEither(control: string, spec: Spec | undefined): Promise<void> {
  const { catalog } = await import('../controls/catalog.ts');
  demand(
    [control],
    [...catalog, ...(spec?.controls ?? [])].map(({ id }) => id),
  );
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

function demand(ids: readonly string[], known: readonly string[]): void {
  const strange = ids.find((id) => !known.includes(id));
  if (strange !== undefined) throw unknownControl(strange, known);
}

function unknownControl(strange: string, known: readonly string[]): LaunchgateError {
  const close = nearest(strange, known);
  return new LaunchgateError('usage', `there is no control ${strange}`, {
    next: close === undefined ? wayOut(strange) : `Did you mean ${close}?`,
  });
}

function wayOut(strange: string): string {
  if (strange.includes(',')) return 'Name several controls with spaces between them, not commas.';
  return /^\.|\//.test(strange)
    ? 'Name a path before the controls, or after "--": all words up to the next option are taken for controls.'
    : 'Run "launchgate controls" for the list.';
}
