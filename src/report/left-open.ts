import type { Gap } from '../model/platform.ts';
import type { CheckReport, CheckRow } from '../model/report.ts';
import { controlMeta, type ReportContext } from './context.ts';

/** Unknown rows by why they are. What could not be read is told once, with what it leaves open, and not again by each control that needed it. */
export interface Untold {
  /** The control has a reason of its own. */
  readonly own: readonly CheckRow[];
  /** Left open by what could not be read: what is known to be there, with the controls that cannot be told of it. */
  readonly leftOpen: ReadonlyMap<string, readonly CheckRow[]>;
  /** How many rows stand for subjects that may be in the unread sources themselves. */
  readonly unseen: number;
}

export function untoldOf(unknown: readonly CheckRow[]): Untold {
  const behind = unknown.filter((row) => row.unread === true);
  const known = behind.filter((row) => !isUnseen(row));
  return {
    own: unknown.filter((row) => row.unread !== true),
    leftOpen: Map.groupBy(known, (row) => row.subject),
    unseen: behind.length - known.length,
  };
}

/** The ids of the controls that gaps leave open, each once. */
export function controlsLeftOpen(report: CheckReport, context: ReportContext): (gaps: readonly Gap[]) => string[] {
  const bySubject = Map.groupBy(
    report.findings.filter((row) => row.unread === true),
    (row) => row.subject,
  );
  const needs = (control: string, gap: Gap): boolean => {
    const { reads } = controlMeta(context, control);
    return reads.length === 0 || gap.hides.some((hidden) => reads.includes(hidden));
  };
  const of = (gap: Gap): string[] =>
    (bySubject.get(gap.subject ?? unseenSubject(gap)) ?? [])
      .map(({ control }) => control)
      .filter((control) => needs(control, gap));
  return (gaps) => [...new Set(gaps.flatMap(of))];
}

/** The subject under which the engine reports what may be in an unread source and nobody knows. */
function unseenSubject(gap: Gap): string {
  return `deployable/${gap.deployable ?? gap.path}`;
}

function isUnseen({ subject }: CheckRow): boolean {
  return subject.startsWith('deployable/');
}
