import { subjectId } from '../model/control.ts';
import { sha256, canonicalJson, type Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Location, Origin } from '../model/origin.ts';
import type { CheckReport, CheckRow, Judgement } from '../model/report.ts';
import type { Outcome, Severity } from '../model/result.ts';
import type { PlatformFacts } from '../model/platform.ts';
import { ParamMistakes } from './param-mistakes.ts';
import { conclusionKey, type Conclusion, type RunResult } from './run.ts';

/** Turns an origin into a place a person can open; injected, because it reads files. */
export type Locate = (origin: Origin) => Location | undefined;

const OUTCOME_RANK: Readonly<Record<Outcome, number>> = { fail: 0, error: 1, inconclusive: 2, pass: 3 };
const SEVERITY_RANK: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 };

/** The rows of one conclusion: one for each finding, else one in all. What has no place of its own gets `home`, if anything has. */
export function rowsOf(conclusion: Conclusion, locate: Locate, home?: Origin): CheckRow[] {
  const { control, result } = conclusion;
  const row = {
    control: control.meta.id,
    subject: subjectId(conclusion.subject),
    outcome: result.outcome,
    severity: control.meta.severity,
  };
  switch (result.outcome) {
    case 'pass':
      return [{ ...row, message: result.witness.summary, witness: result.witness }];
    case 'inconclusive':
      return [
        {
          ...row,
          message: result.because,
          ...placed(result.origin ?? home, locate),
          ...(result.unread === undefined ? {} : { unread: result.unread }),
        },
      ];
    case 'error':
      return [{ ...row, ...faultOf(result.cause, locate) }];
    case 'fail':
      return result.findings.map((finding) => ({
        ...row,
        severity: finding.severity,
        message: finding.message,
        ...placed(finding.origin ?? home, locate),
        remediation: finding.remediation,
        ...(finding.counterExample === undefined ? {} : { counterExample: finding.counterExample }),
      }));
  }
}

/** What the gate reads: one judgement for each conclusion. */
export function judgementsOf(run: RunResult, rowsFor: (conclusion: Conclusion) => CheckRow[]): Judgement[] {
  return run.conclusions.map((conclusion) => ({
    control: conclusion.control.meta.id,
    subject: subjectId(conclusion.subject),
    outcome: conclusion.result.outcome,
    rows: rowsFor(conclusion),
    input: conclusion.input,
    params: conclusion.params,
    paramOrigins: conclusion.paramOrigins,
    version: conclusion.control.meta.version,
  }));
}

/**
 * Digest of a platform in one environment: what every control read and found out to be there. Two checkouts that
 * differ in comments or layout only have the same one.
 */
export function platformDigest(facts: PlatformFacts, run: RunResult): Digest {
  const inputs = run.conclusions.map((conclusion) => `${conclusionKey(conclusion)} ${conclusion.input}`).sort();
  const objects = facts.objects.map((object) => sha256(canonicalJson(object.body))).sort();
  return sha256(canonicalJson({ spec: facts.spec, environment: facts.environment.name, objects, inputs }));
}

/** Assembles the answer of `check`, worst first: proven breaks, then faults and unknowns, then what holds. */
export function checkReport(
  facts: PlatformFacts,
  run: RunResult,
  version: string,
  rows: readonly CheckRow[],
): CheckReport {
  const findings = [...rows].sort(worstFirst);
  const judged = findings.filter((row) => row.ignored === undefined && row.known !== true);
  const count = (outcome: Outcome): number => judged.filter((row) => row.outcome === outcome).length;
  return {
    apiVersion: 'launchgate/v1',
    kind: 'CheckReport',
    tool: { name: 'launchgate', version },
    platform: {
      name: facts.name,
      environment: facts.environment.name,
      provisional: facts.provisional,
      digest: platformDigest(facts, run),
    },
    assumptions: facts.assumptions,
    deployables: facts.deployables,
    unread: facts.gaps,
    leftOut: facts.leftOut,
    findings,
    waiting: run.waiting,
    withoutSubject: run.withoutSubject,
    summary: {
      pass: count('pass'),
      fail: count('fail'),
      inconclusive: count('inconclusive'),
      error: count('error'),
      controls: new Set(run.conclusions.map((conclusion) => conclusion.control.meta.id)).size,
      subjects: new Set(run.conclusions.map((conclusion) => subjectId(conclusion.subject))).size,
      ignored: findings.length - judged.length,
    },
  };
}

function worstFirst(a: CheckRow, b: CheckRow): number {
  return (
    OUTCOME_RANK[a.outcome] - OUTCOME_RANK[b.outcome] ||
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
    Number(b.counterExample !== undefined) - Number(a.counterExample !== undefined) ||
    compare(a.control, b.control) ||
    compare(a.subject, b.subject) ||
    compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function placed(origin: Origin | undefined, locate: Locate): { location?: Location } {
  const location = origin === undefined ? undefined : locate(origin);
  return location === undefined ? {} : { location };
}

/** Somebody's mistake, as a param that there is not, says itself where it stands and what mends it; what else is thrown is a fault of the control. */
function faultOf(cause: unknown, locate: Locate): Pick<CheckRow, 'message' | 'remediation' | 'location'> {
  if (!(cause instanceof LaunchgateError) || cause.code === 'internal')
    return { message: `the control itself failed: ${cause instanceof Error ? cause.message : String(cause)}` };
  return {
    message: cause.message,
    ...placed(cause instanceof ParamMistakes ? cause.origin : undefined, locate),
    ...(cause.next === undefined ? {} : { remediation: cause.next }),
  };
}
