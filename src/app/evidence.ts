import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { readWorkTree } from '../adapters/git/work-tree.ts';
import { predicateMistake } from '../gate/predicates.ts';
import { STATEMENT_TYPE } from '../ledger/statement.ts';
import { readAttachment } from '../ledger/intake/attachment.ts';
import { readCycloneDx } from '../ledger/intake/cyclonedx.ts';
import { readJunit } from '../ledger/intake/junit.ts';
import { readPlan } from '../ledger/intake/plan.ts';
import { readSarif } from '../ledger/intake/sarif.ts';
import { sha256, type Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { PREDICATE, type EvidenceScope, type Statement } from '../model/evidence.ts';
import { parseInstant } from '../model/instant.ts';
import type { EvidenceFormat } from './evidence-format.ts';
import type { Project } from './project.ts';

/** Largest report that is read. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface EvidenceRequest {
  readonly file: string;
  readonly format?: EvidenceFormat;
  readonly control: string;
  readonly subject?: string;
  readonly environment: string;
  /** Digests of what was scanned or tested, where the report does not say: `sha256:…` of an image, or a commit. */
  readonly about: readonly string[];
  readonly title?: string;
  /** When the tool finished; default: when the file was written. */
  readonly finishedAt?: string;
  readonly now: Date;
}

/** Reads a report, validates it and makes the statement that will be signed. The report itself stays where it is; its digest is kept. */
export async function evidenceStatement(project: Project, request: EvidenceRequest): Promise<Statement> {
  demandDigests(request.about);
  const { bytes, modified } = readBounded(request.file);
  if (bytes.length === 0)
    throw new LaunchgateError('evidence-invalid', `${request.file} is empty, and proves nothing`, {
      next: 'See why the tool wrote nothing.',
    });
  const format = request.format ?? formatOf(request.file, bytes);
  const finishedAt = finishedAtOf(request) ?? modified.toISOString();
  const scope: EvidenceScope = {
    control: request.control,
    ...(request.subject === undefined ? {} : { subject: request.subject }),
    environment: request.environment,
    startedAt: finishedAt,
    finishedAt,
  };
  if (format === 'attachment') {
    const attachment = readAttachment(bytes, { title: request.title ?? basename(request.file), file: request.file });
    return statement(PREDICATE.attachment, { ...scope, ...attachment }, [sha256(bytes)]);
  }
  if (format === 'plan') {
    const { facts, at } = readPlan(bytes, request.file);
    const made = finishOf(request, at) ?? finishedAt;
    const attachment = readAttachment(bytes, { title: request.title ?? 'Terraform plan', file: request.file, facts });
    return statement(PREDICATE.attachment, { ...scope, startedAt: made, finishedAt: made, ...attachment }, [
      sha256(bytes),
    ]);
  }
  const { commits, startedAt, finishedAt: said, ...report } = READERS[format](bytes, request.file);
  const stated = [...new Set([...report.scanned, ...commits, ...request.about])];
  const madeBy = request.finishedAt === undefined ? latest(said, finishedAt) : finishedAt;
  const subjects = stated.length > 0 ? stated : await headCommit(project, request.file, madeBy);
  if (subjects.length === 0) {
    throw new LaunchgateError(
      'evidence-invalid',
      `${request.file} does not say what it is about, and there is no commit to bind it to`,
      { next: 'Name the image digest or commit with --about.' },
    );
  }
  const finished = finishOf(request, said) ?? finishedAt;
  const times = { startedAt: startedAt ?? finished, finishedAt: finished };
  return statement(PREDICATE.scan, { ...scope, ...times, ...report, scanned: subjects.filter(isDigest) }, subjects);
}

/** The caller's word for when the tool finished, as RFC 3339 in UTC. A day alone, or the future, is no time at which anything finished. */
function finishedAtOf({ finishedAt, now }: EvidenceRequest): string | undefined {
  if (finishedAt === undefined) return undefined;
  const next = 'Write it as 2026-03-01T12:00:00Z.';
  const instant = parseInstant(finishedAt);
  if (instant === undefined) throw new LaunchgateError('usage', `${finishedAt} is not a time with its zone`, { next });
  if (instant > now) throw new LaunchgateError('usage', `${finishedAt} lies in the future`, { next });
  return instant.toISOString();
}

/** When the report was made, by its own word or the caller's. An old report is not made fresh by being offered as a new one. */
function finishOf({ file, finishedAt }: EvidenceRequest, said: string | undefined): string | undefined {
  if (finishedAt === undefined || said === undefined) return finishedAt ?? said;
  if (Date.parse(finishedAt) <= Date.parse(said)) return finishedAt;
  throw new LaunchgateError('usage', `${file} says that it was made at ${said}, before ${finishedAt}`, {
    next: 'Leave --finished-at out, or offer the report of a newer run.',
  });
}

function demandDigests(about: readonly string[]): void {
  const wrong = about.find((one) => !isDigest(one) && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(one));
  if (wrong === undefined) return;
  throw new LaunchgateError('usage', `${wrong} is neither the digest of an image nor a commit`, {
    next: 'Write --about sha256: and 64 hex digits, or all digits of the commit, as "git rev-parse HEAD" prints them.',
  });
}

const READERS = {
  sarif: (bytes: Uint8Array, file: string) => readSarif(bytes, file),
  junit: (bytes: Uint8Array, file: string) => readJunit(bytes, file),
  cyclonedx: (bytes: Uint8Array, file: string) => readCycloneDx(bytes, file),
} as const;

function readBounded(file: string): { bytes: Uint8Array; modified: Date } {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true)
    throw new LaunchgateError('not-found', `${file} is not a file`, { next: 'Name the report to take in.' });
  if (stat.size > MAX_BYTES)
    throw new LaunchgateError('input-hostile', `${file} has ${stat.size} bytes, more than ${MAX_BYTES}`, {
      next: 'Let the tool write a smaller report.',
    });
  return { bytes: readFileSync(file), modified: stat.mtime };
}

function formatOf(file: string, bytes: Uint8Array): EvidenceFormat {
  const head = Buffer.from(bytes.subarray(0, 4096)).toString('utf8');
  if (/\.sarif(?:\.json)?$/.test(file) || /"\$schema"\s*:\s*"[^"]*sarif/.test(head)) return 'sarif';
  if (/^\s*\{/.test(head) && /"version"\s*:\s*"2\.1\.0"/.test(head) && /"runs"\s*:/.test(head)) return 'sarif';
  if (/"bomFormat"\s*:\s*"CycloneDX"/.test(head)) return 'cyclonedx';
  if (/<testsuites?\b/.test(head)) return 'junit';
  if (/^\s*\{\s*"format_version"\s*:.*"terraform_version"\s*:/s.test(head)) return 'plan';
  return 'attachment';
}

/** The commit that is checked out, which a report that was there before it cannot be about: one that a run left lying is none of the next. */
async function headCommit(project: Project, file: string, madeBy: string): Promise<string[]> {
  const tree = await readWorkTree(project.root);
  if (tree === undefined || tree.changed.length > 0) return [];
  if (Date.parse(madeBy) >= Date.parse(tree.committedAt)) return [tree.commit];
  throw new LaunchgateError(
    'evidence-invalid',
    `${file} was made by ${madeBy}, before the commit ${tree.commit.slice(0, 12)} of ${tree.committedAt} that is checked out`,
    { next: 'Run the tool on this commit, or name with --about what the report is about.' },
  );
}

/** The later of what a report says of itself and of when its file was written; the first may be in a zone that it does not name. */
function latest(said: string | undefined, written: string): string {
  return said !== undefined && Date.parse(said) > Date.parse(written) ? said : written;
}

/** Throws `evidence-invalid` for a predicate that the gate would refuse, before anybody signs it. */
function statement(predicateType: string, predicate: unknown, about: readonly string[]): Statement {
  const subject = about.map((one) =>
    isDigest(one) ? { digest: { sha256: one.slice('sha256:'.length) } } : { digest: { gitCommit: one } },
  );
  const mistake = predicateMistake(predicateType, predicate);
  if (mistake !== undefined)
    throw new LaunchgateError('evidence-invalid', mistake, { next: 'Correct it and add the evidence again.' });
  return { _type: STATEMENT_TYPE, subject, predicateType, predicate };
}

function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
