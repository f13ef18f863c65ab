import type { Digest } from '../../model/digest.ts';
import type { Severity } from '../../model/result.ts';
import { parseBoundedJson } from '../bounded-json.ts';
import {
  cut,
  digestOfReport,
  INTAKE_LIMITS,
  instant,
  malformed,
  notWhole,
  sampleOf,
  tally,
  toolNamed,
  type IntakeLimits,
  type Report,
  type ReportedItem,
} from './report.ts';
import { sarif, type Log, type Result, type Rule, type Run } from './sarif-log.ts';
import { RunRules } from './sarif-rules.ts';
import { fromLevel, fromScore } from './severity.ts';

/**
 * Reads a SARIF 2.1.0 log. Its scope is the number of rules that were applied; there is none as soon as one run is incomplete: it says that
 * it failed, or holds no results at all (not even an empty list: nothing was scanned). It is about what those runs looked at that applied
 * a rule. Throws `evidence-invalid`, naming `where`.
 */
export function readSarif(bytes: Uint8Array, where: string, limits: IntakeLimits = INTAKE_LIMITS): Report {
  const json = parseBoundedJson(bytes, limits);
  if (!json.ok) throw malformed(where, 'a SARIF 2.1.0 report', json.reason);
  const parsed = sarif.safeParse(json.value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw malformed(where, 'a SARIF 2.1.0 report', `${issue?.path.join('.') || 'log'}: ${issue?.message}`);
  }
  const { runs } = parsed.data;
  const results = runs.reduce((sum, one) => sum + (one.results?.length ?? 0), 0);
  if (results > limits.entries) throw malformed(where, 'a SARIF 2.1.0 report', `more than ${limits.entries} results`);
  const drivers = runs.map(({ tool }) => tool.driver);
  const [only] = drivers;
  const judged = runs.map((one) => ({ run: one, rules: new RunRules(one) }));
  const applied = judged.map(({ run, rules }) => ({ run, rules: rules.applied }));
  const incomplete = runs.map(incompleteness).find((reason) => reason !== undefined) ?? keptApart(parsed.data);
  const looked = applied.flatMap(({ run, rules }) => (rules.size > 0 ? [run] : []));
  const about = looked.length > 0 ? looked : runs;
  const invocations = runs.flatMap((one) => one.invocations ?? []);
  return {
    format: 'sarif',
    tool: toolNamed(
      [...new Set(drivers.map(({ name }) => name))].sort().join(' + '),
      only?.semanticVersion ?? only?.version,
    ),
    report: digestOfReport(bytes),
    rules: sampleOf(applied.flatMap(({ rules }) => [...rules])),
    ...categorised(runs),
    scanned: [...new Set(about.flatMap(scannedDigests))],
    scope: incomplete === undefined ? applied.reduce((sum, { rules }) => sum + rules.size, 0) : 0,
    ...notWhole(incomplete),
    ...tally(
      judged.flatMap(({ run, rules }) => (run.results ?? []).flatMap((each) => itemOf(rules, each) ?? [])),
      limits,
    ),
    commits: [...new Set(about.flatMap(commitsOf))],
    ...times(invocations),
  };
}

/** Which runs each run is like, by its own word; nothing as soon as one does not say. */
function categorised(runs: readonly Run[]): Pick<Report, 'categories'> {
  const named = runs.map(categoryOf);
  return named.length === 0 || named.includes(undefined)
    ? {}
    : { categories: [...new Set(named as string[])].map(cut).sort() };
}

/** All of the id but its last part, which names this one run; without any, what runs of the same kind share (§3.17.3 and §3.17.5). */
function categoryOf({ automationDetails }: Run): string | undefined {
  const id = automationDetails?.id ?? '';
  return (
    id.slice(0, Math.max(id.lastIndexOf('/'), 0)) || automationDetails?.correlationGuid?.toLowerCase() || undefined
  );
}

/** Results that stand beside the runs they are of (§3.13.5) are not read. */
function keptApart({ inlineExternalProperties = [] }: Log): string | undefined {
  return inlineExternalProperties.some(({ results }) => results !== undefined)
    ? 'it keeps results in inlineExternalProperties, which is not read'
    : undefined;
}

/** Why a run does not hold all that there was to find, if so: by its own word, or because its results are not here. */
function incompleteness({ invocations = [], results, externalPropertyFileReferences, tool }: Run): string | undefined {
  const { name } = tool.driver;
  if (invocations.some(({ executionSuccessful }) => executionSuccessful === false))
    return `${name} says that it failed`;
  const notes = invocations.flatMap((one) => [
    ...(one.toolExecutionNotifications ?? []),
    ...(one.toolConfigurationNotifications ?? []),
  ]);
  const error = notes.find(({ level }) => level === 'error');
  if (error !== undefined) return `${name} says that it met an error: ${error.message?.text ?? 'without a word'}`;
  if (externalPropertyFileReferences?.results !== undefined) return `${name} keeps its results in another file`;
  return results === undefined || results === null ? `${name} came to no results` : undefined;
}

/** A result that stands for a problem; `undefined` for one that passed, does not apply, or is gone since the baseline. */
function itemOf(rules: RunRules, each: Result): ReportedItem | undefined {
  const kind = each.kind ?? 'fail';
  if (kind === 'pass' || kind === 'notApplicable' || kind === 'informational' || each.baselineState === 'absent')
    return undefined;
  const itsRule = rules.of(each);
  const place = each.locations?.[0]?.physicalLocation;
  const uri = place?.artifactLocation?.uri;
  const line = place?.region?.startLine;
  const because = setAside(each);
  return {
    id: each.ruleId ?? each.rule?.id ?? itsRule?.id ?? 'unnamed',
    severity: severityOf(each, itsRule, rules),
    message: messageOf(each, itsRule),
    ...(uri === undefined ? {} : { location: line === undefined ? uri : `${uri}:${line}` }),
    ...(because === undefined ? {} : { because }),
  };
}

/**
 * A security severity of the result, or else of its rule; without one its own level, or the one that its rule was configured to. A
 * result that is not a failure has the level `none`; one that is open or under review counts as its rule would.
 */
function severityOf(each: Result, itsRule: Rule | undefined, rules: RunRules): Severity {
  const scored = scoreOf(each.properties) ?? scoreOf(itsRule?.properties);
  if (scored === undefined && itsRule?.properties?.tags?.includes(UNRATED) === true) return 'high';
  const own = each.kind === 'open' || each.kind === 'review' ? undefined : each.level;
  return scored ?? fromLevel(own ?? rules.levelFor(each, itsRule));
}

/** How Trivy tags what nobody has rated, beside the level `note`. Unknown is not harmless. */
const UNRATED = 'UNKNOWN';

/** What a score says; 0 is what tools write where nobody has rated it, and GitHub takes it, as any other out of range, for none. */
function scoreOf(properties: Rule['properties']): Severity | undefined {
  const score = Number(properties?.['security-severity'] || 0);
  return score === 0 ? undefined : fromScore(score);
}

function messageOf({ message: said }: Result, itsRule: Rule | undefined): string {
  return said?.text ?? said?.markdown ?? itsRule?.messageStrings?.[said?.id ?? '']?.text ?? said?.id ?? '';
}

/** Suppressed is a result with suppressions of which none is under review or rejected (§3.27.23). */
function setAside({ suppressions }: Result): string | undefined {
  if (suppressions === undefined || suppressions === null || suppressions.length === 0) return undefined;
  if (suppressions.some(({ status }) => status === 'underReview' || status === 'rejected')) return undefined;
  const reasons = suppressions.map(({ kind, justification }) => justification ?? `suppressed ${kind ?? ''}`);
  return reasons.join('; ');
}

/** Digests of what was scanned: analysis targets by their hash, images by their repository digests. */
function scannedDigests(one: Run): Digest[] {
  const targets = (one.artifacts ?? []).filter(({ roles }) => roles?.includes('analysisTarget') === true);
  const hashes = targets.flatMap(({ hashes: each }) => each?.['sha-256'] ?? []);
  const images = (one.properties?.repoDigests ?? []).flatMap((name) => /@sha256:([0-9a-f]{64})$/.exec(name)?.[1] ?? []);
  return [...hashes.map((hash) => hash.toLowerCase()), ...images]
    .filter((hex) => /^[0-9a-f]{64}$/.test(hex))
    .map((hex): Digest => `sha256:${hex}`);
}

function commitsOf(one: Run): string[] {
  return (one.versionControlProvenance ?? [])
    .flatMap(({ revisionId }) => revisionId?.toLowerCase() ?? [])
    .filter((revision) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(revision));
}

/** A run that does not say when it ended is as old as its start: an old one is not made fresh by what is left out. */
function times(invocations: NonNullable<Run['invocations']>): Pick<Report, 'startedAt' | 'finishedAt'> {
  const started = invocations
    .flatMap(({ startTimeUtc }) => instant(startTimeUtc) ?? [])
    .sort()
    .at(0);
  const finished = invocations
    .flatMap(({ startTimeUtc, endTimeUtc }) => instant(endTimeUtc) ?? instant(startTimeUtc) ?? [])
    .sort()
    .at(0);
  return {
    ...(started === undefined ? {} : { startedAt: started }),
    ...(finished === undefined ? {} : { finishedAt: finished }),
  };
}
