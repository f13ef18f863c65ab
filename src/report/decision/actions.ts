import { STAGES, type Stage } from '../../model/control.ts';
import type { Decision, RequirementState, RequirementStatus } from '../../model/report.ts';
import { compareText, counted } from '../order.ts';

/** One thing to do, with every requirement that it moves. */
export interface Action {
  readonly next: string;
  readonly owner: string | undefined;
  readonly stage: Stage;
  readonly requirements: readonly RequirementState[];
}

const IN_PLACE: ReadonlySet<RequirementStatus> = new Set(['satisfied', 'waived', 'excluded']);
/** What is known to be wrong comes before what is not known. */
const ORDER: readonly RequirementStatus[] = [
  'failed',
  'weakened',
  'error',
  'drifted',
  'stale',
  'missing',
  'inconclusive',
  'waived',
  'excluded',
  'satisfied',
];

/** Everything but `satisfied`, `waived` and `excluded` blocks. */
export function isInPlace(requirement: RequirementState): boolean {
  return IN_PLACE.has(requirement.state);
}

/** Blocking first, known wrong before unknown, then by name. */
export function worstRequirementFirst(a: RequirementState, b: RequirementState): number {
  return (
    ORDER.indexOf(a.state) - ORDER.indexOf(b.state) ||
    compareText(a.control, b.control) ||
    compareText(a.subject, b.subject)
  );
}

/** Requirements by stage in the order in which they are due; stages without any are left out. */
export function byStage(requirements: readonly RequirementState[]): [Stage, RequirementState[]][] {
  return STAGES.map((stage): [Stage, RequirementState[]] => [
    stage,
    requirements.filter((requirement) => requirement.stage === stage).sort(worstRequirementFirst),
  ]).filter(([, group]) => group.length > 0);
}

/** The shortest list that leads to GO: requirements that the same owner mends by the same act are one action. */
export function actionsOf(decision: Decision): Action[] {
  const blocking = byStage(decision.requirements.filter((requirement) => !isInPlace(requirement)));
  return blocking.flatMap(([stage, requirements]) =>
    [
      ...Map.groupBy(requirements, (requirement) => `${requirement.owner ?? ''}\n${nextOf(requirement)}`).values(),
    ].flatMap((group) => {
      const first = group[0];
      return first === undefined ? [] : { next: nextOf(first), owner: first.owner, stage, requirements: group };
    }),
  );
}

/** The counts behind the verdict: the same sentence in every format. */
export function decisionCounts(decision: Decision): string {
  const blocking = decision.requirements.filter((requirement) => !isInPlace(requirement));
  const states = ORDER.map((state) => ({
    state,
    count: blocking.filter((requirement) => requirement.state === state).length,
  })).filter(({ count }) => count > 0);
  const inPlace = `${decision.requirements.length - blocking.length} of ${counted(decision.requirements.length, 'requirement')} in place`;
  return [
    inPlace,
    ...states.map(({ state, count }) => `${count} ${state}`),
    ...(decision.blocks.length === 0 ? [] : [counted(decision.blocks.length, 'gate-wide block')]),
    ...(decision.waivers.length === 0 ? [] : [counted(decision.waivers.length, 'waiver')]),
  ].join(', ');
}

/** What whoever decided chose, and no policy says: shown in every report. */
export function choicesInWords({ choices }: Pick<Decision, 'choices'>): string[] {
  return [
    ...(choices?.from === undefined ? [] : [`evidence from ${choices.from} was let serve (--from)`]),
    ...(choices?.pinnedRenders === true
      ? ['renders that the repository brings along are believed where a tool is missing (--trust-pins)']
      : []),
  ];
}

/** First 12 digits of each pinned commit; `unpinned` where the candidate has none. */
export function candidateName(decision: Decision): string {
  const { pinned, commits } = decision.candidate;
  const names = commits.map(({ commit }) => commit.slice(0, 12)).join(', ');
  return pinned && names !== '' ? names : [names, 'unpinned'].filter((part) => part !== '').join(', ');
}

function nextOf(requirement: RequirementState): string {
  return requirement.next === '' ? `Mend ${requirement.control} for ${requirement.subject}.` : requirement.next;
}
