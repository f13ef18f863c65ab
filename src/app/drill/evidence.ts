/** Makes verdicts of drills evidence: a statement for each subject, bound to what the control reads, the records kept beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { predicateMistake } from '../../gate/predicates.ts';
import { STATEMENT_TYPE } from '../../ledger/statement.ts';
import { canonicalJson, sha256, type Digest } from '../../model/digest.ts';
import type { RecordedTarget, RunRecord } from '../../model/drill/record.ts';
import { LaunchgateError } from '../../model/errors.ts';
import { PREDICATE, type DrillPredicate, type Observation, type Statement } from '../../model/evidence.ts';
import type { Binding } from '../../engine/bind.ts';
import { subjectId } from '../../model/control.ts';
import type { AnyDrill } from '../../model/drill/drill.ts';
import { changedParameters } from './parameters.ts';
import type { Verdict } from './verdicts.ts';

/** Records of runs lie in `.launchgate/drills/RUN/`: `record.json`, and the raw data beside it. */
export const RUNS_FOLDER = 'drills';
const RECORD_FILE = 'record.json';

/** A record that was written, as statements name it. */
export interface KeptRecord {
  readonly run: string;
  /** Relative to `.launchgate`. */
  readonly path: string;
  readonly digest: Digest;
}

/** Writes the record of a run beside its raw data. The digests of both are what evidence names. */
export function keepRecord(folder: string, record: RunRecord): KeptRecord {
  const path = join(RUNS_FOLDER, record.id, RECORD_FILE);
  const bytes = `${JSON.stringify(record, undefined, 2)}\n`;
  mkdirSync(join(folder, RUNS_FOLDER, record.id), { recursive: true });
  writeFileSync(join(folder, path), bytes);
  return { run: record.id, path, digest: sha256(bytes) };
}

export interface Span {
  readonly startedAt: string;
  readonly finishedAt: string;
}

/**
 * The statement of a verdict. `span` is used where no run speaks of the subject. Throws `evidence-invalid` for one that the gate would
 * refuse, before anybody signs it.
 */
export function drillStatement(
  binding: Binding,
  drill: AnyDrill,
  verdict: Verdict,
  target: RecordedTarget,
  records: readonly KeptRecord[],
  span: Span,
): Statement {
  const { control, subject, input, params } = binding;
  const { startedAt, finishedAt } = spanOf(verdict.runs) ?? span;
  const parameters = changedParameters(drill, verdict.runs[0]?.parameters ?? {});
  const own = records.filter(({ run }) => verdict.runs.some(({ id }) => id === run));
  const predicate: DrillPredicate & { readonly records: readonly KeptRecord[]; readonly raw: readonly RawDigest[] } = {
    control: control.meta.id,
    subject: subjectId(subject),
    environment: target.environment,
    target: target.identity,
    startedAt,
    finishedAt,
    binds: { input, params, version: control.meta.version },
    outcome: verdict.outcome,
    observations: verdict.observations.filter(({ value }) => Number.isFinite(value)).map(evident),
    ...(verdict.because === undefined ? {} : { because: verdict.because }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    records: own,
    raw: verdict.runs.flatMap((run) =>
      run.raw.map(({ file, digest }) => ({ path: join(RUNS_FOLDER, run.id, file), digest })),
    ),
  };
  const mistake = predicateMistake(PREDICATE.drill, predicate);
  if (mistake !== undefined) throw new LaunchgateError('evidence-invalid', `${control.meta.id}: ${mistake}`);
  const about = own.length > 0 ? own.map(({ digest }) => digest) : [sha256(canonicalJson(predicate))];
  return {
    _type: STATEMENT_TYPE,
    subject: about.map((digest) => ({ digest: { sha256: digest.slice('sha256:'.length) } })),
    predicateType: PREDICATE.drill,
    predicate,
  };
}

interface RawDigest {
  readonly path: string;
  readonly digest: string;
}

function spanOf(runs: readonly RunRecord[]): Span | undefined {
  const starts = runs.map(({ startedAt }) => startedAt).sort();
  const ends = runs.map(({ finishedAt }) => finishedAt).sort();
  const [startedAt, finishedAt] = [starts[0], ends.at(-1)];
  return startedAt === undefined || finishedAt === undefined ? undefined : { startedAt, finishedAt };
}

/** What evidence keeps of a measurement: the number and what it was held against. */
function evident({ name, value, unit, target, predicted, met }: Observation): Observation {
  return {
    name,
    value,
    unit,
    ...(target === undefined ? {} : { target }),
    ...(predicted === undefined ? {} : { predicted }),
    met,
  };
}
