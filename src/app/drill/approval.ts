/**
 * Drills on production need two persons: who runs them and who signed for them, or two who signed where a workload runs them. They sign the
 * drills, the target and the parameters, for a day. It is recorded like every act, so that everybody sees afterwards who let it happen.
 */
import { canonicalJson, sha256, type Digest } from '../../model/digest.ts';
import { LaunchgateError } from '../../model/errors.ts';
import { PREDICATE } from '../../model/evidence.ts';
import type { SignOff } from '../../gate/predicates.ts';
import { signOffStatement } from '../../gate/statements.ts';
import { whyEnded, type Trust, type TrustedEvidence } from '../../gate/trust.ts';
import { makeCandidate } from '../../gate/candidate.ts';
import type { Recorded } from '../acts.ts';
import { signerFor } from '../acts.ts';
import { act, openDesk, type ShowStatement } from '../human-acts.ts';
import { readTrust } from '../trust.ts';
import type { DrillRequest } from './session.ts';

/** Gate that these sign-offs name; no gate of a policy has a space in its name. */
const GATE = 'drill run';
const VALID_MS = 24 * 3600 * 1000;

export interface Asked extends Pick<
  DrillRequest,
  'project' | 'env' | 'ids' | 'file' | 'target' | 'parameters' | 'key' | 'now'
> {
  /** What stands in `file`. */
  readonly content?: Digest;
}

/** Signs that these drills may run on the target. Throws `refused` for a key that belongs to no person. */
export async function approveDrills(asked: Asked, show: ShowStatement): Promise<Recorded> {
  const desk = await openDesk(asked.project, asked.env, asked.key, show);
  const seal = sealOf(asked);
  const candidate = makeCandidate({
    environment: asked.target,
    pinned: false,
    commits: [],
    images: [],
    platform: seal,
    authors: [],
  });
  const decision = { gate: GATE, environment: asked.target, candidate, seal };
  return act(desk, signOffStatement(decision, [...named(asked)], asked.now()));
}

/** Throws `usage` unless two persons are behind it, of whom all but the one who runs it have signed exactly this within the last day. */
export async function demandApproval(asked: Asked): Promise<void> {
  const [{ trust }, { keyId }] = await Promise.all([
    readTrust(asked.project, asked.env),
    signerFor(asked.env, asked.key),
  ]);
  const ended = whyEnded(trust, keyId);
  if (ended !== undefined)
    throw new LaunchgateError('usage', `key ${asked.key} counts for nothing: ${ended}`, {
      next: 'Name a key of yours that is in force with --key.',
    });
  const runner = trust.keys.ownerOf(keyId);
  if (runner === undefined)
    throw new LaunchgateError('usage', `key ${asked.key} is nobody's in the policy, so who signed might be who runs`, {
      next: `Name a key that the policy enrols with --key; drills on ${asked.target} are for two people.`,
    });
  const seal = sealOf(asked);
  const signed = trust.evidence.filter((one) => isApproval(one, seal, asked.now()));
  const approvers = new Set(signed.flatMap((one) => personsBehind(one, trust)));
  const isPerson = runner.startsWith('person/');
  if (approvers.union(new Set(isPerson ? [runner] : [])).size >= 2) return;
  throw new LaunchgateError('usage', `drills on ${asked.target} need ${whoIsMissing(runner, approvers)}`, {
    next: `Have ${isPerson ? 'a person' : 'two persons'} of the policy run "launchgate drill approve ${choice(asked)} --target ${asked.target}" with the same --param.`,
  });
}

/** A workload does what it is told, and who told it may be the one who signed. */
function whoIsMissing(runner: string, approvers: ReadonlySet<string>): string {
  const [only] = approvers;
  if (runner.startsWith('person/'))
    return `the sign-off of another person: ${only === undefined ? 'nobody has signed them within the last day' : 'only who runs them has signed'}`;
  return `the sign-offs of two persons where ${runner} runs them: ${only ?? 'nobody'} ${only === undefined ? 'has signed' : 'alone has signed'} them within the last day`;
}

function isApproval({ statement, sequencedAt }: TrustedEvidence, seal: Digest, now: Date): boolean {
  if (statement.predicateType !== PREDICATE.signOff) return false;
  const signOff = statement.predicate as SignOff;
  const age = now.getTime() - Date.parse(sequencedAt);
  return signOff.gate === GATE && signOff.seal === seal && age < VALID_MS;
}

/** Whose keys signed it, as `person/ID`, less those that count no more: what a stolen key let happen is not to happen still. */
function personsBehind({ signers }: TrustedEvidence, trust: Trust): string[] {
  const owners = signers.filter((key) => whyEnded(trust, key) === undefined).map((key) => trust.keys.ownerOf(key));
  return owners.filter((owner) => owner?.startsWith('person/') === true) as string[];
}

/** A file is signed for by what stands in it, wherever it lies. */
function sealOf(asked: Asked): Digest {
  const { target, parameters, content } = asked;
  const drills = content === undefined ? named(asked).toSorted() : [content];
  return sha256(canonicalJson({ target, parameters, drills }));
}

function named({ ids, file }: Pick<Asked, 'ids' | 'file'>): readonly string[] {
  return file === undefined ? (ids ?? ['--all']) : [file];
}

/** As the command line takes it. */
function choice(asked: Asked): string {
  return asked.file === undefined ? named(asked).join(' ') : `--file ${asked.file}`;
}
