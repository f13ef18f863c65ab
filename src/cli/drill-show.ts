/** What `drill list` and `drill run --dry-run` print. */
import type { DrillNote, PlannedDrill, PlannedRun } from '../app/drill/plan.ts';
import type { ParameterNote } from '../app/drill/parameters.ts';
import { measureText } from '../model/drill/words.ts';
import type { HumanOptions } from '../report/context.ts';
import { counted } from '../report/order.ts';
import { pageOf, type Page } from '../report/text/page.ts';

/** The drills, one line each; with everything about them where some were named. */
export function showNotes(notes: readonly DrillNote[], options: HumanOptions): string {
  const page = pageOf(options);
  if (notes.length === 0) return 'No control has a drill yet.';
  if (options.verbose)
    return notes
      .flatMap((note) => ['', ...noteLines(page, note)])
      .slice(1)
      .join('\n');
  return [
    ...page.columns(
      0,
      notes.map(({ drill, summary }) => [drill, summary]),
      ['strong', undefined],
    ),
    '',
    `${counted(notes.length, 'drill')}. "launchgate drill list ID" shows one whole, "drill run ID --dry-run" what it would do here.`,
  ].join('\n');
}

/** What each drill would do here, step by step. */
export function showPlans(plans: readonly PlannedDrill[], options: HumanOptions): string {
  const page = pageOf(options);
  return [...plans.flatMap((plan) => [...planLines(page, plan), '']), 'Nothing was touched.'].join('\n');
}

function noteLines(page: Page, note: DrillNote): string[] {
  return [
    ...page.labelled(0, note.drill, note.title, 'heading'),
    ...page.text(2, note.summary),
    ...page.labelled(2, 'Blast radius', note.blastRadius, 'quiet'),
    ...page.labelled(2, 'Needs', note.needs.join(', '), 'quiet'),
    ...page.columns(2, note.parameters.map(parameterRow), ['path', 'quiet', undefined]),
  ];
}

function parameterRow({ name, type, default: value, description }: ParameterNote): string[] {
  return [
    `--param ${name}`,
    value === undefined
      ? type
      : `${type}, ${typeof value === 'object' ? JSON.stringify(value) : String(value)} by default`,
    description ?? '',
  ];
}

function planLines(page: Page, plan: PlannedDrill): string[] {
  return [
    ...page.labelled(0, plan.drill, plan.title, 'heading'),
    ...page.text(2, plan.summary),
    ...page.labelled(2, 'Blast radius', plan.blastRadius, 'quiet'),
    ...(plan.lacking.length === 0
      ? []
      : page.text(2, `Would be inconclusive: the target does not offer ${plan.lacking.join(', ')}.`, 'unknown')),
    ...(plan.broken === undefined ? [] : page.text(2, `Cannot be planned: ${plan.broken}`, 'critical')),
    ...plan.runs.flatMap((run) => runLines(page, run)),
    ...plan.left.flatMap(({ subject, because }) => page.labelled(2, `Not ${subject}`, because, 'unknown')),
  ];
}

function runLines(page: Page, run: PlannedRun): string[] {
  return [
    ...page.labelled(2, 'Rehearses', `${run.name} (${run.subjects.join(', ')})`, 'strong'),
    ...run.hypothesis.flatMap(({ name, wanted, during }) =>
      page.labelled(
        4,
        during === undefined ? 'before and after' : `throughout (${during})`,
        `${name}: ${wanted}`,
        'quiet',
      ),
    ),
    ...page.columns(
      4,
      run.steps.map(({ name, kind, timeoutMs }, index) => [
        String(index + 1),
        kind,
        name,
        `at most ${timeoutMs / 1000} s`,
      ]),
      ['quiet', 'quiet', undefined, 'quiet'],
    ),
    ...run.halts.flatMap((name) => page.labelled(4, 'halts when', name, 'quiet')),
    ...(run.predictions ?? []).flatMap(({ name, value, unit, because }) =>
      page.labelled(4, 'predicts', `${name} ${measureText(value, unit)}: ${because}`, 'quiet'),
    ),
  ];
}
