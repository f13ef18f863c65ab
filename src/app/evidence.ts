import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { readWorkTree } from '../adapters/git/work-tree.ts';
import { predicateMistake } from '../gate/predicates.ts';
import { STATEMENT_TYPE } from '../ledger/statement.ts';
import { readAttachment } from '../ledger/intake/attachment.ts';
import { readCycloneDx } from '../ledger/intake/cyclonedx.ts';
import { readJunit } from '../ledger/intake/junit.ts';
import { readPlan } from '../ledger/intake/plan.ts';
import type { Report } from '../ledger/intake/report.ts';
import { readSarif } from '../ledger/intake/sarif.ts';
import { sha256, type Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { PREDICATE, type EvidenceScope, type Statement } from '../model/evidence.ts';
import type { EvidenceFormat } from './evidence-format.ts';
import { shardOf } from './evidence-shard.ts';
import { callersWord, finishOf, latest } from './evidence-time.ts';
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
  /** `2/4`: which part of a split run a JUnit report is, where its name does not say. */
  readonly shard?: string;
  /** The tool of a CycloneDX document looked for vulnerabilities, where its empty list of them does not say so. */
  readonly scanned?: boolean;
  /** When the tool finished, RFC 3339; `file`: when the file was written, which is the default where the report does not say and git has not checked it out. */
  readonly finishedAt?: string;
  readonly now: Date;
}

/** What will be signed. */
export interface NewEvidence {
  readonly statement: Statement;
  /** Nobody said when it was made, so it is as old as its file. */
  readonly isOfFile: boolean;
}

/** Reads a report, validates it and makes the statement that will be signed. The report itself stays where it is; its digest is kept. */
export async function evidenceStatement(project: Project, request: EvidenceRequest): Promise<NewEvidence> {
  demandDigests(request.about);
  const { bytes, modified } = readBounded(request.file);
  if (bytes.length === 0)
    throw new LaunchgateError('evidence-invalid', `${request.file} is empty, and proves nothing`, {
      next: 'See why the tool wrote nothing.',
    });
  const format = request.format ?? formatOf(request.file, bytes);
  demandFits(request, format);
  const { finishedAt: said, startedAt, about: stated, predicateType, predicate } = PARTS[format](bytes, request);
  const { at: finishedAt, isOfFile } = await finishOf(request, said, modified);
  const scope: EvidenceScope = {
    control: request.control,
    ...(request.subject === undefined ? {} : { subject: request.subject }),
    environment: request.environment,
    startedAt: startedAt === undefined ? finishedAt : earlier(startedAt, finishedAt),
    finishedAt,
  };
  if (stated === undefined)
    return { statement: statement(predicateType, { ...scope, ...predicate }, [sha256(bytes)]), isOfFile };
  const named = [...new Set([...stated, ...request.about])];
  // A plan says its time in UTC: it was not made later because its file was.
  const written = predicateType === PREDICATE.attachment && said !== undefined ? new Date(said) : modified;
  const subjects = named.length > 0 ? named : await headCommit(project, request, said, written);
  if (subjects.length === 0) {
    throw new LaunchgateError(
      'evidence-invalid',
      `${request.file} does not say what it is about, and there is no commit to bind it to`,
      { next: 'Name the image digest or commit with --about.' },
    );
  }
  if (predicateType === PREDICATE.attachment)
    return { statement: statement(predicateType, { ...scope, ...predicate }, [sha256(bytes), ...subjects]), isOfFile };
  const scanned = subjects.filter(isDigest);
  return { statement: statement(predicateType, { ...scope, ...predicate, scanned }, subjects), isOfFile };
}

/** What a file holds, less the scope that the caller gives it. */
interface Part {
  readonly predicateType: string;
  readonly predicate: object;
  /** Digests and commits that it names; absent for a document, which is about nothing of the kind. */
  readonly about?: readonly string[];
  /** By its own word, RFC 3339. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

const PARTS: Readonly<Record<EvidenceFormat, (bytes: Uint8Array, request: EvidenceRequest) => Part>> = {
  sarif: (bytes, { file }) => reported(readSarif(bytes, file)),
  junit: (bytes, request) => {
    const shard = shardOf(request);
    return reported({ ...readJunit(bytes, request.file), ...(shard === undefined ? {} : { shard }) });
  },
  cyclonedx: (bytes, { file, scanned }) => reported(readCycloneDx(bytes, file, scanned)),
  plan: (bytes, { file, title = 'Terraform plan' }) => {
    const { facts, at } = readPlan(bytes, file);
    return { ...attached(bytes, { file, title, facts }), about: [], ...(at === undefined ? {} : { finishedAt: at }) };
  },
  attachment: (bytes, { file, title = basename(file) }) => attached(bytes, { file, title }),
};

function reported({ commits, startedAt, finishedAt, ...predicate }: Report): Part {
  return {
    predicateType: PREDICATE.scan,
    predicate,
    about: [...predicate.scanned, ...commits],
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}

function attached(bytes: Uint8Array, described: Parameters<typeof readAttachment>[1]): Part {
  return { predicateType: PREDICATE.attachment, predicate: readAttachment(bytes, described) };
}

function demandDigests(about: readonly string[]): void {
  const wrong = about.find((one) => !isDigest(one) && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(one));
  if (wrong === undefined) return;
  throw new LaunchgateError('usage', `${wrong} is neither the digest of an image nor a commit`, {
    next: 'Write --about sha256: and 64 hex digits, or all digits of the commit, as "git rev-parse HEAD" prints them.',
  });
}

/** Refuses what the caller says of a report of another format. */
function demandFits({ file, shard, scanned, about }: EvidenceRequest, format: EvidenceFormat): void {
  if (format === 'plan' && about.some(isDigest))
    throw new LaunchgateError('usage', `${file} was read as plan, which is about a commit, not an image`, {
      next: 'Name the commit that was planned with --about, or leave it out for the one that is checked out.',
    });
  if (shard !== undefined && format !== 'junit')
    throw new LaunchgateError('usage', `${file} was read as ${format}, which has no shards`, {
      next: 'Leave --shard out, or name a JUnit report.',
    });
  if (scanned === true && format !== 'cyclonedx')
    throw new LaunchgateError('usage', `${file} was read as ${format}, which says itself whether anybody looked`, {
      next: 'Leave --scanned out, or name a CycloneDX document.',
    });
}

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
  // Some tools write the runs first, and the members that say what it is behind them.
  const ends = `${head}\n${Buffer.from(bytes.subarray(-4096)).toString('utf8')}`;
  if (/\.sarif(?:\.json)?$/.test(file) || /"\$schema"\s*:\s*"[^"]*sarif/.test(ends)) return 'sarif';
  if (/^\s*\{/.test(head) && /"version"\s*:\s*"2\.1\.0"/.test(ends) && /"runs"\s*:/.test(ends)) return 'sarif';
  if (/"bomFormat"\s*:\s*"CycloneDX"/.test(head)) return 'cyclonedx';
  if (/<testsuites?\b/.test(head)) return 'junit';
  if (/^\s*\{\s*"format_version"\s*:.*"terraform_version"\s*:/s.test(head)) return 'plan';
  return 'attachment';
}

/** The commit that is checked out, which a report that was there before it cannot be about: one that a run left lying is none of the next. */
async function headCommit(
  project: Project,
  request: EvidenceRequest,
  said: string | undefined,
  modified: Date,
): Promise<string[]> {
  const tree = await readWorkTree(project.root);
  if (tree === undefined || tree.changed.length > 0) return [];
  const madeBy = callersWord(request) ?? latest(said, modified).toISOString();
  if (Date.parse(madeBy) >= Date.parse(tree.committedAt)) return [tree.commit];
  throw new LaunchgateError(
    'evidence-invalid',
    `${request.file} was made by ${madeBy}, before the commit ${tree.commit.slice(0, 12)} of ${tree.committedAt} that is checked out`,
    { next: 'Run the tool on this commit, or name with --about what the report is about.' },
  );
}

function earlier(one: string, other: string): string {
  return Date.parse(one) <= Date.parse(other) ? one : other;
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
