/** What the drill of a control would do on the lab of the reference platform. */
import { bindDrills, drillables, toSubject, type BoundDrill } from '../../src/app/drill/subjects.ts';
import { findProject } from '../../src/app/project.ts';
import type { Rehearsed } from '../../src/drills/run/rehearse.ts';
import type { DrillPlan, Rehearsal } from '../../src/model/drill/drill.ts';
import { SPEC } from '../lab/platform/platform.ts';

export interface Planned {
  readonly plan: DrillPlan;
  readonly bindings: BoundDrill['bindings'];
  /** One of its rehearsals as the engine takes it. */
  rehearsed(rehearsal: Rehearsal): Rehearsed;
}

type Values = Readonly<Record<string, unknown>>;

/** Plans it with these parameters, and the others by default; `floors` are params of the control as a policy would set them. */
export async function planDrill(control: string, parameters: Values = {}, floors: Values = {}): Promise<Planned> {
  const project = findProject(process.cwd(), undefined, SPEC);
  const { facts, bound } = await bindDrills(project, await drillables([control]), {
    environment: 'lab',
    floors: { [control]: floors },
  });
  const [{ drill, bindings }] = bound as [BoundDrill];
  const values = drill.parameters.parse(parameters) as Values;
  const plan = drill.plan({ subjects: bindings.map(toSubject), parameters: values, spec: facts.spec });
  const { summary, blastRadius } = drill;
  return {
    plan,
    bindings,
    rehearsed: (rehearsal) => ({ control, summary, blastRadius, parameters: values, rehearsal }),
  };
}
