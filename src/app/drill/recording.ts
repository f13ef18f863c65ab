/** Signs what drills say of subjects and puts it into the ledger, as the policy lets this key. */
import type { PolicyFloors } from '../../engine/params.ts';
import { signStatement } from '../../ledger/envelope.ts';
import type { RecordedTarget, RunRecord } from '../../model/drill/record.ts';
import type { SubjectVerdict } from '../../model/drill/report.ts';
import { LaunchgateError } from '../../model/errors.ts';
import { subjectId } from '../../model/control.ts';
import { PREDICATE, type Statement } from '../../model/evidence.ts';
import { policyParams, type Policy } from '../../model/policy.ts';
import { recordAll, signerFor } from '../acts.ts';
import { ledgerFolder } from '../ledger.ts';
import type { Project } from '../project.ts';
import { hasLedger } from '../found.ts';
import { mayNotSign } from '../signing-right.ts';
import { readTrust } from '../trust.ts';
import { drillStatement, keepRecord, type Span } from './evidence.ts';
import type { BoundDrill } from './subjects.ts';
import type { Verdict } from './verdicts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Recording {
  /** Keeps the records and signs one statement for each subject. Answers the verdicts with their evidence. */
  keep(
    bound: BoundDrill,
    verdicts: readonly Verdict[],
    records: readonly RunRecord[],
    target: RecordedTarget,
    span: Span,
  ): Promise<SubjectVerdict[]>;
}

/** The policy where one is pinned; its floors are where params start from. */
export async function policyInForce(project: Project, env: Environment): Promise<Policy | undefined> {
  try {
    return (await readTrust(project, env)).trust.policy.policy;
  } catch (error) {
    if (error instanceof LaunchgateError && error.code === 'not-found') return undefined;
    throw error;
  }
}

export function floorsOf(policy: Policy | undefined): PolicyFloors {
  return policy === undefined ? {} : policyParams(policy);
}

/** How results become evidence for an environment; or why they cannot, asked before anything is done to the target. */
export async function openRecording(
  project: Project,
  env: Environment,
  policy: Policy | undefined,
  { key, environment }: { readonly key: string; readonly environment: string },
): Promise<Recording | { readonly unrecorded: string }> {
  if (policy === undefined)
    return {
      unrecorded: hasLedger(project)
        ? 'the policy of the ledger here is not pinned; "launchgate policy pin" does that, with what its owners give you'
        : 'no policy is pinned here; "launchgate init" starts one, and a ledger that keeps evidence',
    };
  const signer = await signerFor(env, key);
  const because = mayNotSign(policy, signer, aDrillOf(environment));
  if (because !== undefined) return { unrecorded: because };
  return {
    async keep({ bindings, drill, alone }, verdicts, records, target, span) {
      const folder = ledgerFolder(project);
      const kept = records.map((record) => keepRecord(folder, record));
      if (alone !== undefined) return verdicts.map(plain);
      const statements = verdicts.map((verdict) => {
        const binding = bindings.find(({ subject }) => subjectId(subject) === verdict.subject);
        if (binding === undefined) throw new LaunchgateError('internal', `${verdict.subject} is bound to nothing`);
        return drillStatement(binding, drill, verdict, target, kept, span);
      });
      const envelopes = await Promise.all(statements.map((statement) => signStatement(statement, [signer])));
      const recorded = envelopes.length === 0 ? [] : await recordAll(project, env, envelopes);
      return verdicts.map((verdict, index) => {
        const evidence = recorded[index]?.digest;
        return { ...plain(verdict), ...(evidence === undefined ? {} : { evidence }) };
      });
    },
  };
}

/** A verdict without what evidence alone needs. */
export function plain({ subject, outcome, because }: Verdict): SubjectVerdict {
  return { subject, outcome, ...(because === undefined ? {} : { because }) };
}

/** A drill's statement as far as a policy looks at it: who may sign drills of this environment is asked before anything is done to it. */
function aDrillOf(environment: string): Statement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [],
    predicateType: PREDICATE.drill,
    predicate: { environment },
  };
}
