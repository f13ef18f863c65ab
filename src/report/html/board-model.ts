import { STAGES, type ControlMeta, type Stage } from '../../model/control.ts';
import type { Severity, Step } from '../../model/result.ts';

/** How something stands, as the page shows it: by colour, by sign and in words, never by colour alone. */
export type Mark = 'bad' | 'weak' | 'unknown' | 'aside' | 'none' | 'good';

export const MARKS: readonly Mark[] = ['bad', 'weak', 'unknown', 'aside', 'none', 'good'];

/** A sign for each mark that reads in any font. */
export const SIGNS: Readonly<Record<Mark, string>> = {
  bad: '×',
  weak: '!',
  unknown: '?',
  aside: '~',
  none: '–',
  good: '✓',
};

/** One control about one subject. */
export interface BoardItem {
  readonly subject: string;
  readonly mark: Mark;
  /** The state in words: "critical", "drifted", "holds". */
  readonly state: string;
  readonly because: string;
  readonly severity?: Severity;
  readonly place?: string;
  readonly next?: string;
  readonly owner?: string;
  readonly track?: string;
  /** Evidence with its age, one line each. */
  readonly evidence?: readonly string[];
  readonly steps?: readonly Step[];
}

/** A control with all its subjects; its mark is the gravest of theirs. */
export interface BoardControl {
  readonly meta: ControlMeta;
  readonly link: string | undefined;
  readonly mark: Mark;
  readonly items: readonly BoardItem[];
}

export interface BoardStage {
  readonly stage: Stage;
  readonly controls: readonly BoardControl[];
}

export function gravest(marks: readonly Mark[]): Mark {
  return MARKS.find((mark) => marks.includes(mark)) ?? 'none';
}

/** Controls by stage in the order in which they are due, the gravest first; stages without any are left out. */
export function stagesOf(controls: readonly BoardControl[]): BoardStage[] {
  return STAGES.map((stage) => ({
    stage,
    controls: controls
      .filter((control) => control.meta.stage === stage)
      .sort((a, b) => MARKS.indexOf(a.mark) - MARKS.indexOf(b.mark) || (a.meta.id < b.meta.id ? -1 : 1)),
  })).filter(({ controls: held }) => held.length > 0);
}

/** The id of a control's entry on the page. */
export function anchor(control: string): string {
  return `control-${control.replaceAll(/[^a-zA-Z0-9_-]/g, '-')}`;
}

export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  'day-0': 'Day 0',
  'week-1': 'Week 1',
  'weeks-2-3': 'Weeks 2 to 3',
  'months-1-2': 'Months 1 to 2',
  deferred: 'Deferred',
};
