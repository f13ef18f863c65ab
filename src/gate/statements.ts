import { canonicalJson, sha256, type Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { PREDICATE, type Statement } from '../model/evidence.ts';
import { policyDigest, policySchema, type PolicyInput } from '../model/policy.ts';
import type { Candidate, Decision } from '../model/report.ts';
import type { PolicyVersion } from './policy-chain.ts';
import {
  predicateMistake,
  type Baseline,
  type BaselineFacts,
  type BreakGlass,
  type Exception,
  type KeyPredicate,
  type SignOff,
} from './predicates.ts';

/**
 * The statements of the human acts. Building is pure; the caller signs and appends. Two persons who sign the same
 * statement, in one envelope or one after the other, sign the same act: pass on the statement, do not build it again.
 */
export function waiverStatement(waiver: Exception): Statement {
  return statement(PREDICATE.waiver, waiver);
}

export function exclusionStatement(exclusion: Exception): Statement {
  return statement(PREDICATE.exclusion, exclusion);
}

/** A sign-off of exactly what a decision has sealed. */
export function signOffStatement(
  decision: Pick<Decision, 'gate' | 'environment' | 'candidate' | 'seal'>,
  topics: readonly string[],
  at: Date,
  comment?: string,
): Statement {
  const { gate, environment, candidate, seal } = decision;
  const signOff: SignOff = {
    gate,
    environment,
    candidate: candidate.digest,
    seal,
    topics: [...topics],
    ...(comment === undefined ? {} : { comment }),
    signedAt: at.toISOString(),
  };
  return statement(PREDICATE.signOff, signOff, candidate.digest);
}

/** Opens a gate for one candidate in an emergency; a quorum signs it, and the decision stays FAILED. */
export function breakGlassStatement(
  target: { readonly gate: string; readonly environment: string; readonly candidate: Candidate },
  reason: string,
  hours: number,
  at: Date,
  incident?: string,
): Statement {
  const glass: BreakGlass = {
    gate: target.gate,
    environment: target.environment,
    candidate: target.candidate.digest,
    reason,
    ...(incident === undefined ? {} : { incident }),
    openedAt: at.toISOString(),
    expires: new Date(at.getTime() + hours * 3_600_000).toISOString(),
  };
  return statement(PREDICATE.breakGlass, glass, target.candidate.digest);
}

/** A policy version, with every default written out so that a later release cannot change its meaning. Throws `policy-invalid`. */
export function policyStatement(document: unknown): Statement {
  const parsed = policySchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? 'policy' : issue.path.join('.') || 'policy';
    throw new LaunchgateError('policy-invalid', `${where}: ${issue?.message ?? 'malformed'}`, {
      next: 'Correct the policy and propose it again.',
    });
  }
  const policy = plain(parsed.data);
  return statement(PREDICATE.policy, { version: parsed.data.version, policy }, policyDigest(policy));
}

/** The document that follows a version in force, for its owners to sign. */
export function nextPolicy(current: Pick<PolicyVersion, 'policy' | 'digest'>, change: Partial<PolicyInput>): unknown {
  return plain({ ...current.policy, ...change, version: current.policy.version + 1, previous: current.digest });
}

export function keyStatement(change: KeyPredicate): Statement {
  return statement(PREDICATE.key, change, change.action === 'add' ? (change.key.id as Digest) : change.key);
}

/** What a decision demanded: recorded after a GO by whoever decides, or signed by the owners to accept a weaker demand. */
export function baselineStatement(decision: Decision, facts: BaselineFacts): Statement {
  const baseline: Baseline = {
    environment: decision.environment,
    gate: decision.gate,
    candidate: decision.candidate.digest,
    recordedAt: decision.at,
    facts,
  };
  return statement(PREDICATE.baseline, baseline, decision.candidate.digest);
}

/** Throws `evidence-invalid` for a predicate that the gate would refuse, before anybody signs it. */
function statement(predicateType: string, predicate: unknown, about?: Digest): Statement {
  const mistake = predicateMistake(predicateType, predicate);
  if (mistake !== undefined)
    throw new LaunchgateError('evidence-invalid', mistake, { next: 'Correct it and try again.' });
  const digest = about ?? sha256(canonicalJson(predicate));
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: digest.slice('sha256:'.length) } }],
    predicateType,
    predicate,
  };
}

/** What JSON keeps of a value: no `undefined` members, so that digests before and after the ledger agree. */
function plain(value: unknown): unknown {
  return JSON.parse(canonicalJson(value));
}
