import { z } from 'zod';
import type { Digest } from '../../model/digest.ts';
import type { Severity } from '../../model/result.ts';
import { parseBoundedJson } from '../bounded-json.ts';
import {
  digestOfReport,
  INTAKE_LIMITS,
  instant,
  malformed,
  tally,
  toolNamed,
  type IntakeLimits,
  type Report,
  type ReportedItem,
} from './report.ts';
import { fromLevel, fromScore } from './severity.ts';

const text = z.string();
const level = z.enum(['none', 'note', 'warning', 'error']);
const bag = z.looseObject({ 'security-severity': z.union([z.string(), z.number()]).optional() }).optional();
const message = z.object({ text: text.optional(), markdown: text.optional(), id: text.optional() });

const rule = z.object({
  id: text,
  defaultConfiguration: z.object({ enabled: z.boolean().optional(), level: level.optional() }).optional(),
  messageStrings: z.record(z.string(), message).optional(),
  properties: bag,
});
const component = z.object({
  name: text,
  version: text.optional(),
  semanticVersion: text.optional(),
  rules: z.array(rule).optional(),
});
const location = z.object({
  physicalLocation: z
    .object({
      artifactLocation: z.object({ uri: text.optional() }).optional(),
      region: z.object({ startLine: z.int().optional() }).optional(),
    })
    .optional(),
});
const suppression = z.object({
  kind: text.optional(),
  status: z.enum(['accepted', 'underReview', 'rejected']).optional(),
  justification: text.optional(),
});
const result = z.object({
  ruleId: text.optional(),
  ruleIndex: z.int().optional(),
  rule: z.object({ id: text.optional(), index: z.int().optional() }).optional(),
  kind: z.enum(['notApplicable', 'pass', 'fail', 'review', 'open', 'informational']).optional(),
  level: level.optional(),
  message: message.optional(),
  locations: z.array(location).nullish(),
  suppressions: z.array(suppression).nullish(),
  baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).optional(),
  properties: bag,
});
const run = z.object({
  tool: z.object({ driver: component, extensions: z.array(component).optional() }),
  invocations: z
    .array(
      z.object({
        executionSuccessful: z.boolean().optional(),
        startTimeUtc: text.optional(),
        endTimeUtc: text.optional(),
      }),
    )
    .optional(),
  results: z.array(result).nullish(),
  versionControlProvenance: z.array(z.object({ revisionId: text.optional() })).optional(),
  artifacts: z
    .array(z.object({ roles: z.array(text).optional(), hashes: z.record(z.string(), text).optional() }))
    .optional(),
  properties: z.looseObject({ repoDigests: z.array(text).optional().catch(undefined) }).optional(),
});
const sarif = z.object({ version: z.literal('2.1.0'), runs: z.array(run) });

type Run = z.infer<typeof run>;
type Rule = z.infer<typeof rule>;
type Result = z.infer<typeof result>;

/**
 * Reads a SARIF 2.1.0 log. Its scope is the number of rules that were applied; there is none as soon as one run says it failed, or
 * holds no results at all (not even an empty list: nothing was scanned). It is about what those runs looked at that applied
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
  const results = runs.flatMap((one) => (one.results ?? []).map((each) => ({ run: one, result: each })));
  if (results.length > limits.entries)
    throw malformed(where, 'a SARIF 2.1.0 report', `more than ${limits.entries} results`);
  const drivers = runs.map(({ tool }) => tool.driver);
  const [only] = drivers;
  const broken = runs.some(isBroken);
  const looked = runs.filter((one) => scopeOf(one) > 0);
  const about = looked.length > 0 ? looked : runs;
  const invocations = runs.flatMap((one) => one.invocations ?? []);
  return {
    format: 'sarif',
    tool: toolNamed(
      [...new Set(drivers.map(({ name }) => name))].sort().join(' + '),
      only?.semanticVersion ?? only?.version,
    ),
    report: digestOfReport(bytes),
    scanned: [...new Set(about.flatMap(scannedDigests))],
    scope: broken ? 0 : runs.reduce((sum, one) => sum + scopeOf(one), 0),
    ...tally(
      results.flatMap((each) => itemOf(each.run, each.result) ?? []),
      limits,
    ),
    commits: [...new Set(about.flatMap(commitsOf))],
    ...times(invocations),
  };
}

/** A run that failed by its own word, or that never came to results. */
function isBroken({ invocations, results }: Run): boolean {
  const failed = invocations?.some(({ executionSuccessful }) => executionSuccessful === false) === true;
  return failed || results === undefined || results === null;
}

/** Rules that are switched off were not applied, unless a result says otherwise. */
function scopeOf(one: Run): number {
  const listed = rulesOf(one).flatMap(({ id, defaultConfiguration }) =>
    defaultConfiguration?.enabled === false ? [] : [id],
  );
  const used = (one.results ?? []).flatMap((each) => each.ruleId ?? each.rule?.id ?? []);
  return new Set([...listed, ...used]).size;
}

function rulesOf({ tool }: Run): Rule[] {
  return [tool.driver, ...(tool.extensions ?? [])].flatMap(({ rules }) => rules ?? []);
}

/** A result that stands for a problem; `undefined` for one that passed, does not apply, or is gone since the baseline. */
function itemOf(one: Run, each: Result): ReportedItem | undefined {
  const kind = each.kind ?? 'fail';
  if (kind === 'pass' || kind === 'notApplicable' || kind === 'informational' || each.baselineState === 'absent')
    return undefined;
  const itsRule = ruleOf(one, each);
  const place = each.locations?.[0]?.physicalLocation;
  const uri = place?.artifactLocation?.uri;
  const line = place?.region?.startLine;
  const because = setAside(each);
  return {
    id: each.ruleId ?? each.rule?.id ?? itsRule?.id ?? 'unnamed',
    severity: severityOf(each, itsRule),
    message: messageOf(each, itsRule),
    ...(uri === undefined ? {} : { location: line === undefined ? uri : `${uri}:${line}` }),
    ...(because === undefined ? {} : { because }),
  };
}

/** By id, where `A/b/c` falls back to `A/b` and `A` (§3.52.4), or by its index among the driver's rules. */
function ruleOf(one: Run, each: Result): Rule | undefined {
  const rules = rulesOf(one);
  const parts = (each.ruleId ?? each.rule?.id ?? '').split('/');
  for (let length = parts.length; length > 0; length -= 1) {
    const found = rules.find(({ id }) => id === parts.slice(0, length).join('/'));
    if (found !== undefined) return found;
  }
  return one.tool.driver.rules?.[each.ruleIndex ?? each.rule?.index ?? -1];
}

/**
 * A security severity of the result, or else of its rule; without one the level, which is `warning` by default (§3.27.10). A
 * result that is not a failure has the level `none`; one that is open or under review counts as its rule would.
 */
function severityOf(each: Result, itsRule: Rule | undefined): Severity {
  const score = each.properties?.['security-severity'] ?? itsRule?.properties?.['security-severity'];
  const scored = score === undefined || score === '' ? undefined : fromScore(Number(score));
  const own = each.kind === 'open' || each.kind === 'review' ? undefined : each.level;
  return scored ?? fromLevel(own ?? itsRule?.defaultConfiguration?.level ?? 'warning');
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
