/** Which drills there are, and what each is asked about: the subjects of its control with what its query answers now. */
import type { Binding } from '../../engine/bind.ts';
import { bindControls } from '../../engine/bind.ts';
import { namedSubjects } from '../../engine/run.ts';
import { resolveParams, type PolicyFloors } from '../../engine/params.ts';
import { subjectId, type AnyControl } from '../../model/control.ts';
import type { AnyDrill, DrillSubject } from '../../model/drill/drill.ts';
import type { PlatformFacts } from '../../model/platform.ts';
import type { FileTree } from '../../model/world.ts';
import { checkProject, openProject } from '../check.ts';
import { demandKnown } from '../known-controls.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { Project } from '../project.ts';
import { withPlace } from '../with-place.ts';

/** A control that has a drill. */
export interface Drillable {
  readonly control: AnyControl;
  readonly drill: AnyDrill;
}

/** A drill with the subjects it is about to be asked of, each bound to what its control reads. */
export interface BoundDrill {
  readonly id: string;
  readonly title: string;
  readonly drill: AnyDrill;
  readonly bindings: readonly Binding[];
  /** For a drill of no control: what it is about. It becomes no evidence. */
  readonly alone?: string;
}

/** Every control of the catalog that has a drill, or the named ones. Throws `usage` for an id that has none. */
export async function drillables(ids?: readonly string[]): Promise<Drillable[]> {
  const { controls } = await import('../../controls/catalog.ts');
  if (ids !== undefined) await demandKnown(ids);
  const chosen = ids === undefined ? controls : ids.flatMap((id) => controls.find(({ meta }) => meta.id === id) ?? []);
  const loaded = await Promise.all(
    chosen.map(async (control) => {
      const drill = await control.drill?.();
      return drill === undefined ? [] : [{ control, drill }];
    }),
  );
  const without = (ids ?? []).find((id) => !loaded.flat().some(({ control }) => control.meta.id === id));
  if (without === undefined) return loaded.flat();
  throw new LaunchgateError('usage', `control ${without} has no drill`, {
    next: 'Run "launchgate drill list" for those that have one.',
  });
}

/** Reads the platform as it is for the environment, and binds the subjects of each drill. */
export async function bindDrills(
  project: Project,
  drills: readonly Drillable[],
  {
    environment,
    floors,
    render = true,
  }: { readonly environment: string; readonly floors: PolicyFloors; readonly render?: boolean },
): Promise<{ readonly facts: PlatformFacts; readonly bound: readonly BoundDrill[] }> {
  const { facts } = await checkProject(project, { environment, floors, render, controls: [] });
  const controls = drills.map(({ control }) => control);
  demandParams(facts, controls, floors, openProject(project));
  const bindings = Map.groupBy(bindControls(facts, controls, floors), ({ control }) => control.meta.id);
  const bound = drills.map(({ control: { meta }, drill }) => ({
    id: meta.id,
    title: meta.title,
    drill,
    bindings: bindings.get(meta.id) ?? [],
  }));
  return { facts, bound };
}

/** Throws `spec-invalid` for params that do not fit: the subject would be left out, and the drill pass on the others. */
function demandParams(
  facts: PlatformFacts,
  controls: readonly AnyControl[],
  floors: PolicyFloors,
  tree: FileTree,
): void {
  for (const { control, subject } of namedSubjects(facts, controls)) {
    try {
      resolveParams(control, subject, facts, floors);
    } catch (error) {
      throw withPlace(error, tree);
    }
  }
}

/** Ids of what the drill is about. */
export function subjectsOf({ bindings, alone }: BoundDrill): string[] {
  return alone === undefined ? bindings.map(({ subject }) => subjectId(subject)) : [alone];
}

/** A binding as its drill sees it. */
export function toSubject({ subject, answer, values }: Binding): DrillSubject<unknown, unknown> {
  return { id: subjectId(subject), name: subject.name, input: answer, params: values };
}
