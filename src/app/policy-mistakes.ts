import { strangeParams, valueMistakes } from '../engine/param-mistakes.ts';
import type { SpecMistake } from '../engine/spec/mistakes.ts';
import { didYouMean } from '../engine/spec/suggest.ts';
import { memberOf } from '../gate/input.ts';
import type { AnyControl } from '../model/control.ts';
import { canonicalJson } from '../model/digest.ts';
import type { Pointer } from '../model/origin.ts';
import { policyParams, type Policy } from '../model/policy.ts';
import { openProject } from './check.ts';
import type { Project } from './project.ts';
import { readSpec } from './read-spec.ts';

/**
 * What the schema of a policy cannot see, and what the policy before did not have already: controls that nobody knows, of `nonWaivable`, a floor or an
 * age, which would hold nothing; floors under params that their control does not have, or at values that it does not take, which would
 * let nothing through.
 */
export async function policyMistakes(policy: Policy, before: Policy, project: Project): Promise<SpecMistake[]> {
  const { catalog, controls } = await import('../controls/catalog.ts');
  const floors = controls.flatMap((control) => floorMistakes(control, policy, before));
  const there = new Set([...controlsIn(before).map(({ id }) => id), ...catalog.map(({ id }) => id)]);
  const strange = controlsIn(policy).filter(({ id }) => !there.has(id));
  if (strange.length === 0) return floors;
  const spec = await readSpec(openProject(project), project);
  const known = new Set([...there, ...(spec?.controls ?? []).map(({ id }) => id)]);
  return [...floors, ...strange.filter(({ id }) => !known.has(id)).map((one) => unknownControl(one, known))];
}

interface Named {
  readonly id: string;
  readonly pointer: Pointer;
}

function unknownControl({ id, pointer }: Named, known: ReadonlySet<string>): SpecMistake {
  const meant = didYouMean(id, known);
  const list = meant === '' ? '; "launchgate controls" lists them' : meant;
  return { pointer, message: `there is no control ${JSON.stringify(id)}${list}` };
}

/** A floor that is in force as it stands is not asked about again. */
function floorMistakes({ meta: { id }, params }: AnyControl, policy: Policy, before: Policy): SpecMistake[] {
  const bounds = memberOf(policy.floors, id) ?? {};
  const changed = Object.keys(bounds).filter(
    (name) => canonicalJson(bounds[name]) !== canonicalJson(memberOf(before.floors, id)?.[name] ?? null),
  );
  const strange = strangeParams(params, changed).map(({ name, next }) => ({
    pointer: ['floors', id, name],
    message: `${id} has no param ${JSON.stringify(name)} to set a floor for. ${next}`,
  }));
  const values = policyParams(policy)[id] ?? {};
  const parsed = params.safeParse(values);
  if (parsed.success) return strange;
  const wrong = valueMistakes(params, values, parsed.error)
    .filter(({ pointer: [name] }) => changed.includes(String(name)))
    .map(({ pointer, message }) => ({ pointer: ['floors', id, ...pointer], message }));
  return [...strange, ...wrong];
}

/** Every control that a policy names, with where. */
function controlsIn({ nonWaivable, floors, gates }: Policy): Named[] {
  const listed = (ids: readonly string[], ...at: Pointer): Named[] =>
    ids.map((id, index) => ({ id, pointer: [...at, index] }));
  const keyed = (mapping: object, ...at: Pointer): Named[] =>
    Object.keys(mapping).map((id) => ({ id, pointer: [...at, id] }));
  const inGates = gates.flatMap(({ maxAge, ...gate }, index) => [
    ...(['requires', 'signOffs', 'tracks'] as const).flatMap((list) =>
      gate[list].flatMap(({ controls = [] }, item) => listed(controls, 'gates', index, list, item, 'controls')),
    ),
    ...keyed(maxAge.controls, 'gates', index, 'maxAge', 'controls'),
  ]);
  return [...listed(nonWaivable, 'nonWaivable'), ...keyed(floors, 'floors'), ...inGates];
}
