/** What a run would do, without doing anything: `drill run --dry-run` and `drill list`. */
import { subjectId } from '../../model/control.ts';
import type { DrillPlan } from '../../model/drill/drill.ts';
import type { CapabilityName } from '../../model/drill/capabilities.ts';
import { boundsText } from '../../model/drill/words.ts';
import type { PlatformFacts } from '../../model/platform.ts';
import { parametersOf, parseParameters, type ParameterNote } from './parameters.ts';
import { presentOf, type LeftSubject } from './run.ts';
import { toSubject, type BoundDrill, type Drillable } from './subjects.ts';

/** A drill as `drill list` shows it. */
export interface DrillNote {
  readonly drill: string;
  readonly title: string;
  readonly summary: string;
  readonly blastRadius: string;
  readonly needs: readonly CapabilityName[];
  readonly parameters: readonly ParameterNote[];
}

export function noteOf({ control: { meta }, drill }: Drillable): DrillNote {
  return noteFor({ id: meta.id, title: meta.title, drill });
}

function noteFor({ id, title, drill }: Pick<BoundDrill, 'id' | 'title' | 'drill'>): DrillNote {
  return {
    drill: id,
    title,
    summary: drill.summary,
    blastRadius: drill.blastRadius,
    needs: drill.needs,
    parameters: parametersOf(drill),
  };
}

/** A rehearsal as it would be run. */
export interface PlannedRun {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly hypothesis: readonly {
    readonly name: string;
    readonly wanted: string;
    readonly during?: 'hold' | 'watch';
  }[];
  readonly steps: readonly { readonly name: string; readonly kind: string; readonly timeoutMs: number }[];
  readonly halts: readonly string[];
  readonly predictions: DrillPlan['runs'][number]['predictions'];
}

export interface PlannedDrill extends DrillNote {
  readonly values: Readonly<Record<string, unknown>>;
  /** Capabilities that it needs and the target does not offer: it would be inconclusive. */
  readonly lacking: readonly CapabilityName[];
  readonly runs: readonly PlannedRun[];
  readonly left: readonly LeftSubject[];
  /** Why it cannot be planned at all: a fault of the drill, or of what its control reads. */
  readonly broken?: string;
}

/** Plans a drill for what the target has. `offers` is absent where no target is open. */
export function planDrill(
  bound: BoundDrill,
  facts: PlatformFacts,
  given: Readonly<Record<string, string>>,
  { offers, absent }: { readonly offers?: ReadonlySet<CapabilityName>; readonly absent: readonly LeftSubject[] },
): PlannedDrill {
  const { id, drill, bindings, alone } = bound;
  const values = parseParameters(id, drill, given);
  const there = presentOf(bindings, absent);
  const { plan, broken } = planned(() =>
    there.length === 0 && alone === undefined
      ? { runs: [] }
      : drill.plan({ subjects: there.map(toSubject), parameters: values, spec: facts.spec }),
  );
  return {
    ...noteFor(bound),
    values,
    lacking: offers === undefined ? [] : drill.needs.filter((need) => !offers.has(need)),
    runs: plan.runs.map((run) => ({
      name: run.name,
      subjects: run.subjects,
      hypothesis: run.hypothesis.map(({ name, tolerance, unit, during }) => ({
        name,
        wanted: boundsText(tolerance, unit),
        ...(during === undefined ? {} : { during: during.must }),
      })),
      steps: run.method.map(({ name, kind, timeoutMs }) => ({ name, kind, timeoutMs })),
      halts: (run.halts ?? []).map(({ name }) => name),
      predictions: run.predictions ?? [],
    })),
    left: [
      ...absent.filter(({ subject }) => bindings.some((one) => subjectId(one.subject) === subject)),
      ...(plan.left ?? []),
    ],
    ...(broken === undefined ? {} : { broken }),
  };
}

function planned(plan: () => DrillPlan): { readonly plan: DrillPlan; readonly broken?: string } {
  try {
    return { plan: plan() };
  } catch (error) {
    return { plan: { runs: [] }, broken: error instanceof Error ? error.message : String(error) };
  }
}
