import { canonicalJson } from '../model/digest.ts';
import { parseDuration } from '../model/duration.ts';
import { PREDICATE } from '../model/evidence.ts';
import type { Floor, Policy } from '../model/policy.ts';
import type { Spec } from '../model/spec.ts';
import { magnitude } from './check-half.ts';
import { keyOf, splitKey, type GateInput } from './input.ts';
import { baselineSchema, type Baseline, type BaselineFacts, type Strength } from './predicates.ts';
import type { TrustedEvidence } from './trust.ts';

/** A demand that is weaker than it was at the last GO. */
export interface Weakening {
  /** Set when one requirement is meant rather than the description as a whole. */
  readonly control?: string;
  readonly subject?: string;
  readonly because: string;
}

/** What the description demands now: the facts a GO records, and a later candidate is held to. */
export function baselineFacts(input: Pick<GateInput, 'spec' | 'expected' | 'judgements'>): BaselineFacts {
  const subjects = [...input.expected].map(([control, own]) => [control, [...own].sort()] as const);
  const params: BaselineFacts['params'] = {};
  for (const { control, subject, paramOrigins } of input.judgements) {
    const set = Object.entries(paramOrigins).filter(([, { from }]) => from !== 'default');
    if (set.length === 0) continue;
    params[keyOf(control, subject)] = Object.fromEntries(set.map(([name, { value }]) => [name, value ?? null]));
  }
  return { subjects: Object.fromEntries(subjects), strengths: strengthsOf(input.spec), params };
}

/** Every demand of the spec that can be loosened, with the direction that is stricter. Absent demands are absent here. */
export function strengthsOf(spec: Spec): Record<string, Strength> {
  const found: Record<string, Strength> = {};
  const put = (name: string, value: number | string | undefined, stricter: Strength['stricter']) => {
    if (value !== undefined) found[name] = { value, stricter };
  };
  for (const store of spec.stores) {
    const id = `store/${store.name}`;
    put(`${id} holds data that must survive`, store.ephemeral === undefined ? 1 : 0, 'higher');
    put(`${id} rpo`, secondsOf(store.rpo), 'lower');
    put(`${id} rto`, secondsOf(store.rto), 'lower');
    put(`${id} quorum`, store.quorum, 'higher');
    put(`${id} backup retention`, secondsOf(store.backup?.retention), 'higher');
    put(`${id} backup encryption`, store.backup === undefined ? undefined : Number(store.backup.encrypted), 'higher');
    put(`${id} backup schedule`, store.backup?.schedule, 'same');
  }
  for (const slo of spec.slos) {
    put(`slo/${slo.name} objective`, slo.objective, 'higher');
    put(`slo/${slo.name} threshold`, secondsOf(slo.threshold), 'lower');
    put(`slo/${slo.name} window`, secondsOf(slo.window), 'same');
  }
  for (const { from, to, port, protocol, encryption } of spec.flows ?? []) {
    const rank = ['none', 'tls', 'mtls'].indexOf(encryption ?? 'none');
    put(`flow ${from} -> ${to}:${port ?? 'any'}/${protocol} encryption`, rank, 'higher');
  }
  for (const { name, quorum } of spec.services) put(`service/${name} quorum`, quorum ?? 1, 'higher');
  return found;
}

/** In what ways `now` demands less than `before`. Empty when it demands at least as much. */
export function weakenings(before: BaselineFacts, now: BaselineFacts, floors: Policy['floors']): Weakening[] {
  return [...lostSubjects(before, now), ...loosened(before, now), ...loosenedParams(before, now, floors)];
}

function* lostSubjects(before: BaselineFacts, now: BaselineFacts): Generator<Weakening> {
  for (const [control, subjects] of Object.entries(before.subjects)) {
    const left = new Set(now.subjects[control]);
    for (const subject of subjects) {
      if (!left.has(subject)) yield { control, subject, because: `${subject} was part of the last GO and is gone` };
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
    const isCompared = [before, now].every(({ subjects }) => subjects[control]?.includes(subject) === true);
    if (!isCompared) continue;
    const [old, current] = [before.params[key] ?? {}, now.params[key] ?? {}];
    for (const param of new Set([...Object.keys(old), ...Object.keys(current)])) {
      const [was, is] = [old[param], current[param]];
      if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) continue;
      if (isTightened(floors[control]?.[param], was, is)) continue;
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
 * A baseline stands by the owners' word once: logged again, it is a replay.
 */
export function baselineInForce(
  evidence: readonly TrustedEvidence[],
  policy: Policy,
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
    const owners = policy.owners.persons.filter((id) => persons.has(id));
    const byOwners = owners.length >= policy.owners.quorum && !stoodOnce.has(key);
    const { facts } = baseline;
    if (!byOwners && found !== undefined && weakenings(found.baseline.facts, facts, policy.floors).length > 0) continue;
    found = { baseline, evidence: one };
    stoodOnce.add(key);
  }
  return found;
}

function secondsOf(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}
