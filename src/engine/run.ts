import { MalformedValue } from '../model/cursor.ts';
import { subjectId, type AnyControl, type Subject } from '../model/control.ts';
import { sha256, type Digest } from '../model/digest.ts';
import type { Gap, PlatformFacts } from '../model/platform.ts';
import type { ParamOrigin } from '../model/report.ts';
import { fail, inconclusive, type Finding, type Result } from '../model/result.ts';
import { UnknownWorkloads } from '../model/subjects.ts';
import { bind, type Bound } from './bind.ts';
import { gapsFor, type GapIndex, inWords, indexGaps } from './gaps.ts';
import type { PolicyFloors } from './params.ts';
import { indexPlatform, viewFor, type PlatformIndex } from './view.ts';

/** What a control concluded about one subject, with what that conclusion is bound to. */
export interface Conclusion {
  readonly control: AnyControl;
  readonly subject: Subject;
  readonly result: Result;
  /** Digest of what its query answered; of nothing when the query itself could not be answered. */
  readonly input: Digest;
  readonly params: Digest;
  readonly paramOrigins: Readonly<Record<string, ParamOrigin>>;
}

export interface RunResult {
  readonly conclusions: readonly Conclusion[];
  /** Controls about people that a provisional platform cannot answer. */
  readonly waiting: readonly string[];
  readonly withoutSubject: readonly string[];
}

const NOTHING = sha256('');

/** Every subject that a control names, whether its query can be answered about it or not. */
export function namedSubjects(
  facts: PlatformFacts,
  controls: readonly AnyControl[],
): Pick<Conclusion, 'control' | 'subject'>[] {
  const index = indexPlatform(facts);
  return controls.flatMap((control) => {
    try {
      return control.subjects(viewFor(index, control.meta.reads)).map((subject) => ({ control, subject }));
    } catch {
      return [];
    }
  });
}

/** Each deployable that could not be read, under every control that would have read it. */
export function unreadSubjects(
  facts: PlatformFacts,
  controls: readonly AnyControl[],
): Pick<Conclusion, 'control' | 'subject'>[] {
  const gaps = indexGaps(facts);
  return controls.flatMap((control) =>
    [...gapsFor(gaps, control.meta.reads).unread.keys()].map((name) => ({
      control,
      subject: { kind: 'deployable' as const, name },
    })),
  );
}

/** Runs the check of every control that has one on every subject it names. Pure; one control's fault never reaches another. */
export function runControls(
  facts: PlatformFacts,
  controls: readonly AnyControl[],
  floors: PolicyFloors = {},
): RunResult {
  const index = indexPlatform(facts);
  const gaps = indexGaps(facts);
  const conclusions: Conclusion[] = [];
  const waiting: string[] = [];
  const withoutSubject: string[] = [];
  for (const control of controls) {
    if (control.check === undefined) continue;
    if (facts.provisional && control.meta.about === 'people') {
      waiting.push(control.meta.id);
      continue;
    }
    const own = [...concludeControl(control, index, gaps, floors)];
    if (own.length === 0) withoutSubject.push(control.meta.id);
    conclusions.push(...own);
  }
  return { conclusions, waiting, withoutSubject };
}

function* concludeControl(
  control: AnyControl,
  index: PlatformIndex,
  gaps: GapIndex,
  floors: PolicyFloors,
): Generator<Conclusion> {
  const hidden = gapsFor(gaps, control.meta.reads);
  let subjects: Subject[];
  try {
    subjects = control.subjects(viewFor(index, control.meta.reads));
  } catch (cause) {
    yield unbound(control, { kind: 'environment', name: index.facts.environment.name }, caught(cause));
    return;
  }
  for (const subject of subjects) yield conclude(control, subject, index, hidden.touching(subject), floors);
  for (const [deployable, missing] of hidden.unread) {
    yield unbound(control, { kind: 'deployable', name: deployable }, leftOpen(missing));
  }
}

function conclude(
  control: AnyControl,
  subject: Subject,
  index: PlatformIndex,
  gaps: readonly Gap[],
  floors: PolicyFloors,
): Conclusion {
  const bound = bind(control, subject, index, floors);
  if ('cause' in bound) return unbound(control, subject, caught(bound.cause));
  const result = judged(control, subject, bound);
  return {
    control,
    subject,
    result: tempered(result, gaps),
    input: bound.digest,
    params: bound.params.digest,
    paramOrigins: bound.params.origins,
  };
}

function judged(control: AnyControl, subject: Subject, { input, params }: Bound): Result {
  try {
    return control.check?.(subject, input, params.values) ?? inconclusive('the control has no check');
  } catch (cause) {
    return caught(cause);
  }
}

/** What was not read may hold what a pass needs to be absent, or what a finding from absence says is missing. */
function tempered(result: Result, gaps: readonly Gap[]): Result {
  if (gaps.length === 0) return result;
  if (result.outcome === 'pass') return leftOpen(gaps);
  if (result.outcome !== 'fail') return result;
  const [first, ...rest] = result.findings.filter((finding: Finding) => finding.fromAbsence !== true);
  return first === undefined ? leftOpen(gaps) : fail(first, ...rest);
}

/** A conclusion about a subject whose query or params could not be read: it is bound to nothing. */
export function unbound(control: AnyControl, subject: Subject, result: Result): Conclusion {
  return { control, subject, result, input: NOTHING, params: NOTHING, paramOrigins: {} };
}

function caught(cause: unknown): Result {
  if (cause instanceof MalformedValue) return inconclusive(cause.verdict, cause.origin);
  if (cause instanceof UnknownWorkloads) return inconclusive(cause.message, cause.origin);
  return { outcome: 'error', cause };
}

function leftOpen(gaps: readonly Gap[]): Result {
  return { outcome: 'inconclusive', because: inWords(gaps), unread: true };
}

/** The id under which reports and the gate know a conclusion. */
export function conclusionKey(conclusion: Conclusion): string {
  return `${conclusion.control.meta.id} ${subjectId(conclusion.subject)}`;
}
