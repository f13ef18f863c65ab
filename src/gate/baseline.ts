import { canonicalJson } from '../model/digest.ts';
import { PREDICATE } from '../model/evidence.ts';
import type { Floor, Policy } from '../model/policy.ts';
import type { Judgement } from '../model/report.ts';
import { magnitude } from './check-half.ts';
import { keyOf, memberOf, splitKey, type GateInput } from './input.ts';
import { policyAt } from './policy-chain.ts';
import { baselineSchema, type Baseline, type BaselineFacts, type Strength } from './predicates.ts';
import { requirementsOf } from './requirements.ts';
import { strengthsOf } from './strengths.ts';
import type { Trust, TrustedEvidence } from './trust.ts';

/** A demand that is weaker than it was at the last GO. */
export interface Weakening {
  /** Set when one requirement is meant rather than the description as a whole. */
  readonly control?: string;
  readonly subject?: string;
  readonly because: string;
}

/** What facts are read from. */
export type BaselineInput = Pick<
  GateInput,
  'gate' | 'spec' | 'controls' | 'expected' | 'judgements' | 'bindings' | 'trust'
>;

/** What the description demands now: the facts a GO records, and a later candidate is held to. Other gates' demands are carried on. */
export function baselineFacts(input: BaselineInput): BaselineFacts {
  const { gate, spec, trust } = input;
  const subjects = [...input.expected].map(([control, own]) => [control, [...own].sort()] as const);
  const params: BaselineFacts['params'] = {};
  for (const { control, subject, paramOrigins } of judgedBy(input)) {
    const set = Object.entries(paramOrigins).filter(([, { from }]) => from !== 'default');
    if (set.length === 0) continue;
    params[keyOf(control, subject)] = Object.fromEntries(set.map(([name, { value }]) => [name, value ?? null]));
  }
  const before = baselineInForce(trust, gate.environment);
  const required = { ...before?.baseline.facts.required, [gate.name]: requiredBySpec(input) };
  return { subjects: Object.fromEntries(subjects), required, strengths: strengthsOf(spec), params };
}

type Params = Pick<Judgement, 'control' | 'subject' | 'paramOrigins'>;

/** The params of every control here: of those with a check as it was judged, of the others as their evidence is. */
function judgedBy({ gate, judgements, bindings = [] }: BaselineInput): Params[] {
  const judged = new Set(judgements.map(({ control, subject }) => keyOf(control, subject)));
  const unchecked = bindings.flatMap(({ environment, control, subject, paramOrigins }) =>
    environment === gate.environment && paramOrigins !== undefined && !judged.has(keyOf(control, subject))
      ? [{ control, subject, paramOrigins }]
      : [],
  );
  return [...judgements, ...unchecked];
}

/** Controls that the gate would not require if the description did not bring or name them. */
function requiredBySpec({ gate, spec, controls }: BaselineInput): string[] {
  const custom = new Set(spec.controls.map(({ id }) => id));
  const catalog = new Map(controls.map((control) => [control.meta.id, control]));
  const builtIn = new Map([...catalog].filter(([id]) => !custom.has(id)));
  const anyway = new Set(
    requirementsOf(gate, builtIn, { ...spec, tracks: [] }).required.map(({ control }) => control.meta.id),
  );
  const { required } = requirementsOf(gate, catalog, spec);
  return required.map(({ control }) => control.meta.id).filter((id) => !anyway.has(id));
}

/** In what ways the description demands less than at the last GO of its environment. */
export function lessThanLastGo(input: BaselineInput): Weakening[] {
  const last = baselineInForce(input.trust, input.gate.environment);
  if (last === undefined) return [];
  return weakenings(last.baseline.facts, baselineFacts(input), input.trust.policy.policy.floors);
}

/** In what ways `now` demands less than `before`. Empty when it demands at least as much. */
export function weakenings(before: BaselineFacts, now: BaselineFacts, floors: Policy['floors']): Weakening[] {
  return [
    ...lostSubjects(before, now),
    ...lostRequirements(before, now),
    ...loosened(before, now),
    ...loosenedParams(before, now, floors),
  ];
}

function* lostSubjects(before: BaselineFacts, now: BaselineFacts): Generator<Weakening> {
  for (const [control, subjects] of Object.entries(before.subjects)) {
    const left = new Set(memberOf(now.subjects, control));
    for (const subject of subjects) {
      if (!left.has(subject)) yield { control, subject, because: `${subject} was part of the last GO and is gone` };
    }
  }
}

function* lostRequirements(before: BaselineFacts, now: BaselineFacts): Generator<Weakening> {
  for (const [gate, controls] of Object.entries(before.required)) {
    const left = new Set(memberOf(now.required, gate));
    for (const control of controls) {
      if (!left.has(control)) yield { because: `${control} was required by ${gate} at the last GO and is not now` };
    }
  }
}

function* loosened(before: BaselineFacts, now: BaselineFacts): Generator<Weakening> {
  for (const [name, { value, stricter }] of Object.entries(before.strengths)) {
    const current = now.strengths[name]?.value;
    if (current === undefined) yield { because: `${name} was ${value} at the last GO and is gone` };
    else if (!isAsStrict(current, value, stricter)) {
      yield { because: `${name} was ${value} at the last GO and is loosened to ${current}` };
    }
  }
}

function isAsStrict(now: number | string, before: number | string, stricter: Strength['stricter']): boolean {
  if (now === before) return true;
  if (stricter === 'same' || typeof now !== 'number' || typeof before !== 'number') return false;
  return stricter === 'higher' ? now >= before : now <= before;
}

/** Which way a param is stricter is known from the policy's floor only; without one any change waits for the owners. */
function* loosenedParams(before: BaselineFacts, now: BaselineFacts, floors: Policy['floors']): Generator<Weakening> {
  for (const key of new Set([...Object.keys(before.params), ...Object.keys(now.params)])) {
    const [control, subject] = splitKey(key);
    const isCompared = [before, now].every(({ subjects }) => memberOf(subjects, control)?.includes(subject) === true);
    if (!isCompared) continue;
    const [old, current] = [before.params[key] ?? {}, now.params[key] ?? {}];
    for (const param of new Set([...Object.keys(old), ...Object.keys(current)])) {
      const [was, is] = [old[param], current[param]];
      if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) continue;
      if (isTightened(memberOf(floors, control)?.[param], was, is)) continue;
      const show = (value: unknown) => (value === undefined ? 'its default' : JSON.stringify(value));
      yield { control, subject, because: `${param} was ${show(was)} at the last GO and is ${show(is)} now` };
    }
  }
}

function isTightened(floor: Floor | undefined, was: unknown, is: unknown): boolean {
  if (floor === undefined || typeof was !== typeof is) return false;
  const [before, now] = [magnitude(was), magnitude(is)];
  if (before === undefined || now === undefined || 'exactly' in floor) return false;
  return 'atLeast' in floor ? now >= before : now <= before;
}

/**
 * The baseline in force for an environment. One signed by a quorum of the owners always stands; any other only where it
 * demands at least as much as the one before, so that whoever records decisions cannot lower the bar.
 * A baseline stands by the owners' word once: logged again, it is a replay. Who is an owner, and which way is stricter, says the
 * policy of then: what owners accepted stays accepted when one of them leaves.
 */
export function baselineInForce(
  { evidence, versions }: Pick<Trust, 'evidence' | 'versions'>,
  environment: string,
): { readonly baseline: Baseline; readonly evidence: TrustedEvidence } | undefined {
  let found: { baseline: Baseline; evidence: TrustedEvidence } | undefined;
  const approvals = new Map<string, Set<string>>();
  const stoodOnce = new Set<string>();
  for (const one of evidence) {
    if (one.statement.predicateType !== PREDICATE.baseline) continue;
    const baseline = baselineSchema.parse(one.statement.predicate);
    if (baseline.environment !== environment) continue;
    const key = canonicalJson(baseline);
    const persons = new Set([...(approvals.get(key) ?? []), ...one.persons]);
    approvals.set(key, persons);
    const policy = policyAt(versions, one.index);
    if (policy === undefined) continue;
    const owners = policy.owners.persons.filter((id) => persons.has(id));
    const byOwners = owners.length >= policy.owners.quorum && !stoodOnce.has(key);
    const { facts } = baseline;
    if (!byOwners && found !== undefined && weakenings(found.baseline.facts, facts, policy.floors).length > 0) continue;
    found = { baseline, evidence: one };
    stoodOnce.add(key);
  }
  return found;
}
