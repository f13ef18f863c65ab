import type { AcceptableEvidence, Half } from '../model/control.ts';
import type { Policy } from '../model/policy.ts';
import type { RequirementState } from '../model/report.ts';
import type { Spec } from '../model/spec.ts';
import { acceptHalf } from './accept-half.ts';
import type { Weakening } from './baseline.ts';
import type { Case } from './cases.ts';
import { belowFloor, checkHalf } from './check-half.ts';
import { drillHalf } from './drill-half.ts';
import type { ExceptionBook, Granted } from './exceptions.ts';
import { isOpen, worst, type HalfState } from './half-state.ts';
import { keyOf, memberOf, NO_SUBJECT } from './input.ts';
import type { Owners } from './owners.ts';

/** What judging a case needs besides the case. */
export interface Court {
  /** Name of the gate. */
  readonly gate: string;
  readonly policy: Policy;
  readonly spec: Spec;
  readonly owners: Owners;
  readonly waivers: ExceptionBook;
  readonly exclusions: ExceptionBook;
  readonly signOffs: (control: string) => readonly AcceptableEvidence[];
  /** By {@link keyOf}: params loosened since the last GO. */
  readonly loosened: ReadonlyMap<string, Weakening>;
}

/** A requirement's state with the waiver that opened it, if one did. */
export interface Ruling {
  readonly state: RequirementState;
  readonly waiver?: Granted;
}

/** Judges one case: its halves, then what weakens it, then the exceptions that persons granted. */
export function rule(one: Case, court: Court): Ruling {
  const excluded = court.exclusions.covering(one.control.meta.id, one.subject);
  if (excluded !== undefined && 'until' in excluded && mayExclude(excluded, one, court)) {
    const because = `excluded by ${excluded.approver}: ${excluded.reason}`;
    return { state: written(one, court, { ...opened(excluded), state: 'excluded', because }) };
  }
  const found = weakened(one, court, halvesOf(one, court));
  if (isOpen(found.state)) return { state: written(one, court, found) };
  const objection = excluded === undefined ? '' : `; ${exclusionFault(excluded)}`;
  const judged = { ...found, because: `${found.because}${objection}` };
  const waiver = court.waivers.covering(one.control.meta.id, one.subject);
  if (waiver === undefined) return { state: written(one, court, judged) };
  const refusal = 'until' in waiver ? unwaivable(one, court.policy) : waiver.because;
  if (refusal !== undefined || !('until' in waiver)) {
    const because = `${judged.because}; its waiver is refused: ${refusal ?? 'it is not in force'}`;
    return { state: written(one, court, { ...judged, because }) };
  }
  const because = `waived by ${waiver.approver} although ${judged.state}: ${waiver.reason}`;
  return { state: written(one, court, { ...opened(waiver), state: 'waived', because }), waiver };
}

function halvesOf(one: Case, court: Court): HalfState {
  const { control, subject, halves } = one;
  const undeclared = unsignedExclusion(one, court);
  if (undeclared !== undefined) return undeclared;
  if (isUnread(one)) return unread(one);
  const states = halves.map((half) => halfOf(half, one, court));
  const decided = worst(states);
  if (decided === undefined) {
    return missing(`${control.meta.id} has no half that could prove it`, 'Require a half that the control has.');
  }
  if (subject === NO_SUBJECT && decided.state !== 'missing') {
    return missing('the control has no subject, and no subject is never a pass', excludeOrDeclare(control.meta.id));
  }
  if (!isOpen(decided.state) || states.length === 1) return decided;
  const expires = Math.min(...states.flatMap((state) => state.expires ?? []));
  return {
    ...decided,
    because: states.map((state) => state.because).join('; '),
    evidence: states.flatMap((state) => state.evidence),
    ...(Number.isFinite(expires) ? { expires } : {}),
  };
}

/** A deployable that nobody could look at stands for the subjects in it: a check says so itself, the other halves know of nothing. */
function isUnread({ subject, judgement, paramOrigins }: Case): boolean {
  return subject.startsWith('deployable/') && judgement === undefined && paramOrigins === undefined;
}

function unread({ subject, halves: [half = 'accept'] }: Case): HalfState {
  const because = `${subject} could not be read, so nobody knows what there is to prove in it`;
  return {
    half,
    state: 'inconclusive',
    because,
    next: 'Run "launchgate check" and mend what it could not read.',
    evidence: [],
  };
}

function halfOf(half: Half, one: Case, court: Court): HalfState {
  const { control, subject, offers, refusedEarlier } = one;
  const id = control.meta.id;
  if (!control.meta.halves.includes(half)) {
    return missing(`the gate asks for the ${half} of ${id}, which has none`, 'Correct the gate in the policy.', half);
  }
  if (!control.built.includes(half)) {
    return missing(
      `the ${half} of ${id} is not built yet`,
      'Use a release of Launchgate that has it, or waive it.',
      half,
    );
  }
  if (subject === NO_SUBJECT) {
    return missing('the control has no subject, and no subject is never a pass', excludeOrDeclare(id), half);
  }
  switch (half) {
    case 'check':
      return checkHalf(control, subject, one.judgement);
    case 'drill':
      return drillHalf(offers, refusedEarlier, one.drill);
    case 'accept':
      return acceptHalf(offers, court.signOffs(id), refusedEarlier, one.accept);
  }
}

/** What the spec calls not applicable without a signature is neither judged nor skipped: it blocks. */
function unsignedExclusion({ control, subject }: Case, { spec, exclusions }: Court): HalfState | undefined {
  const id = control.meta.id;
  const said = spec.notApplicable.find(
    (one) => one.control === id && (one.subject === undefined || one.subject === subject),
  );
  if (said === undefined) return undefined;
  const signed = exclusions.covering(id, subject);
  return missing(
    `the spec declares it notApplicable${signed === undefined ? ', and no signed exclusion says so' : ''}`,
    `Have the exclusion of ${id} signed with "launchgate exclude", or take it out of notApplicable.`,
  );
}

function exclusionFault(signed: Granted | { readonly because: string }): string {
  return 'because' in signed
    ? `its exclusion is refused: ${signed.because}`
    : 'its exclusion lacks the quorum of owners, and there is a subject to hold for';
}

/** Where there is something to hold for, "does not apply" is the owners' word: else an exclusion were a waiver without end. */
function mayExclude(granted: Granted, one: Case, { policy }: Court): boolean {
  if (one.subject === NO_SUBJECT) return true;
  const owners = policy.owners.persons.filter((id) => granted.persons.includes(id));
  return owners.length >= policy.owners.quorum;
}

function unwaivable({ control: { meta } }: Case, policy: Policy): string | undefined {
  return meta.waivable && !policy.nonWaivable.includes(meta.id) ? undefined : `${meta.id} cannot be waived`;
}

function weakened(one: Case, { gate, policy, loosened }: Court, state: HalfState): HalfState {
  if (state.state === 'failed' || state.state === 'error') return state;
  const id = one.control.meta.id;
  const origins = one.paramOrigins ?? {};
  // What could not be told has no params yet; what holds and has none is not held to the floor either.
  const isTold = isOpen(state.state) || Object.keys(origins).length > 0;
  const below = isTold ? belowFloor(memberOf(policy.floors, id), origins) : undefined;
  if (below !== undefined) {
    return { ...state, state: 'weakened', because: below, next: `Raise the param of ${id}, or have it waived.` };
  }
  const since = loosened.size === 0 ? undefined : loosened.get(keyOf(id, one.subject));
  if (since === undefined) return state;
  return { ...state, state: 'weakened', because: since.because, next: restore(gate, policy) };
}

/** The way out of every weakening. */
export function restore(gate: string, { owners }: Policy): string {
  return `Restore it, or have ${owners.quorum} of ${owners.persons.join(', ')} accept it with "launchgate policy accept ${gate}".`;
}

function missing(because: string, next: string, half: Half = 'check'): HalfState {
  return { half, state: 'missing', because, next, evidence: [] };
}

function excludeOrDeclare(control: string): string {
  return `Declare what ${control} is about in launchgate.yaml, or have its exclusion signed with "launchgate exclude".`;
}

function opened({ evidence, until }: Granted): Pick<HalfState, 'next' | 'evidence' | 'expires'> {
  return { next: '', evidence, expires: until };
}

function written(
  { control: { meta }, subject }: Case,
  { owners }: Court,
  { half, state, because, next, evidence, expires }: Omit<HalfState, 'half'> & { readonly half?: Half },
): RequirementState {
  const owner = owners.of(meta, subject);
  const track = owners.trackOf(meta);
  return {
    control: meta.id,
    subject,
    state,
    ...(half === undefined ? {} : { half }),
    because,
    ...(owner === undefined ? {} : { owner }),
    next,
    evidence,
    stage: meta.stage,
    ...(track === undefined ? {} : { track }),
    ...(expires === undefined ? {} : { expires: new Date(expires).toISOString() }),
  };
}
