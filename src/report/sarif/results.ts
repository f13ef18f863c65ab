import { canonicalJson, sha256 } from '../../model/digest.ts';
import type { Location } from '../../model/origin.ts';
import type { Gap } from '../../model/platform.ts';
import type { CheckReport, CheckRow } from '../../model/report.ts';
import type { ReportContext } from '../context.ts';
import { controlsLeftOpen, untoldOf } from '../left-open.ts';
import { counted, sortRows, whyUntold } from '../order.ts';
import { visible } from '../text/visible.ts';
import { levelOf, UNDECIDED, UNREAD } from './rules.ts';
import type { Rule, SarifLocation, SarifResult } from './types.ts';

/** Code scanning shows this many characters of a message. */
const MESSAGE_LIMIT = 1000;
/** Code scanning shows this many steps of a flow. */
const STEP_LIMIT = 1000;
/** Where a finding that has no place of its own is shown: code scanning refuses a result without a location. */
const SPEC_FILE = 'launchgate.yaml';

type Draft = Omit<SarifResult, 'ruleIndex' | 'partialFingerprints'> & { readonly identity: string };

/**
 * Everything that is wrong or unknown, worst first. What could not be read is one result for each source, with what it leaves open, and not
 * one more for each control that needed it: thousands of those would push out of the run what they stand for. Passes, ignored
 * and baselined rows are no results: code scanning would show each as an open alert. That nothing was judged is one, since code scanning shows
 * neither notifications nor whether the execution was successful.
 */
export function resultsOf(report: CheckReport, context: ReportContext, rules: readonly Rule[]): SarifResult[] {
  const { breaks, weaknesses, unknown } = sortRows(report);
  const usesBaseline = report.findings.some((row) => row.known !== undefined);
  const leavesOpen = controlsLeftOpen(report, context);
  const drafts = [
    ...nothingTold(report, context),
    ...[...breaks, ...weaknesses].map((row) => failure(row, context)),
    ...report.unread.map((gap) => unread(gap, leavesOpen([gap]), context)),
    ...untoldOf(unknown).own.map((row) => undecided(row, context)),
  ];
  const index = new Map(rules.map((rule, position) => [rule.id, position]));
  const seen = new Map<string, number>();
  return drafts.map(({ identity, ...draft }) => {
    const occurrence = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, occurrence);
    const print = `${identity}:${occurrence}`;
    return {
      ...draft,
      ruleIndex: index.get(draft.ruleId) ?? -1,
      partialFingerprints: { 'launchgateFinding/v1': print, primaryLocationLineHash: print },
      ...(usesBaseline ? { baselineState: 'new' as const } : {}),
    };
  });
}

/** A place below the repository's root, with a URI reference as RFC 3986 wants it. */
export function sarifLocation(place: Location, context: ReportContext, text?: string): SarifLocation {
  const path = [context.prefix ?? '', place.path].filter((part) => part !== '' && part !== '.').join('/');
  return {
    physicalLocation: {
      artifactLocation: { uri: path.split('/').map(uriSegment).join('/'), uriBaseId: '%SRCROOT%' },
      region: { startLine: Math.max(1, place.line), startColumn: Math.max(1, place.column) },
    },
    ...(text === undefined ? {} : { message: { text: shortened(text) } }),
  };
}

/** Text cut at a word below the limit, with an ellipsis that says so. */
export function shortened(text: string): string {
  const whole = visible(text).trim();
  if (whole.length <= MESSAGE_LIMIT) return whole;
  const head = whole.slice(0, MESSAGE_LIMIT - 2).replace(/[\uD800-\uDBFF]$/, '');
  return `${head.slice(0, Math.max(head.lastIndexOf(' '), MESSAGE_LIMIT / 2))} …`;
}

/** What is wrong and what to do, as two sentences: a message of ours ends without a stop. */
export function sentences(wrong: string, remedy = ''): string {
  const first = wrong.trimEnd();
  return `${first}${/[.!?…]$/.test(first) ? '' : '.'} ${remedy}`;
}

function failure(row: CheckRow, context: ReportContext): Draft {
  const steps = row.counterExample ?? [];
  return {
    ruleId: row.control,
    level: levelOf(row.severity),
    message: { text: shortened(sentences(`${row.subject}: ${row.message}`, row.remediation)) },
    locations: [placed(row, context)],
    ...(steps.length === 0
      ? {}
      : {
          codeFlows: [
            {
              threadFlows: [
                {
                  locations: steps.slice(0, STEP_LIMIT).map((step) => ({
                    location: sarifLocation(placeOrSpec(row, context), context, `${step.action}: ${step.state}`),
                  })),
                },
              ],
            },
          ],
        }),
    properties: { subject: row.subject, severity: row.severity, located: row.location !== undefined },
    identity: identityOf(row.control, row.subject, row.location?.path ?? '', withoutNumbers(row.message)),
  };
}

function undecided(row: CheckRow, context: ReportContext): Draft {
  return {
    ruleId: UNDECIDED,
    level: 'warning',
    message: { text: shortened(`${row.control} could not be decided for ${row.subject}: ${row.message}`) },
    locations: [placed(row, context)],
    properties: {
      control: row.control,
      subject: row.subject,
      outcome: row.outcome,
      located: row.location !== undefined,
    },
    identity: identityOf(UNDECIDED, row.control, row.subject, row.outcome),
  };
}

function unread(gap: Gap, controls: readonly string[], context: ReportContext): Draft {
  const opened = controls.length === 0 ? '' : ` Until then ${counted(controls.length, 'control')} cannot be told.`;
  const place = { path: gap.path, line: gap.line ?? 1, column: gap.column ?? 1 };
  return {
    ruleId: UNREAD,
    level: 'warning',
    message: { text: shortened(sentences(`${gap.path}: ${gap.reason}`, `${gap.fix}${opened}`)) },
    locations: [sarifLocation(place, context)],
    properties: { hides: gap.hides, leavesOpen: controls, located: true },
    identity: identityOf(UNREAD, gap.path, gap.deployable ?? '', withoutNumbers(gap.reason)),
  };
}

function nothingTold(report: CheckReport, context: ReportContext): Draft[] {
  const text = whyUntold(report);
  if (text === undefined) return [];
  const place = { path: context.unplaced ?? SPEC_FILE, line: 1, column: 1 };
  return [
    {
      ruleId: UNDECIDED,
      level: 'error',
      message: { text: shortened(sentences(text, report.assumptions.join('; '))) },
      locations: [sarifLocation(place, context)],
      properties: { outcome: 'inconclusive', located: false },
      identity: identityOf(UNDECIDED, 'nothing'),
    },
  ];
}

function placed(row: CheckRow, context: ReportContext): SarifLocation {
  return sarifLocation(placeOrSpec(row, context), context);
}

function placeOrSpec(row: CheckRow, { unplaced = SPEC_FILE }: ReportContext): Location {
  return row.location ?? { path: unplaced, line: 1, column: 1 };
}

/** Survives moved lines; two results that share it are told apart by their order. Numbers in names stay: api-1 is not api-2. */
function identityOf(...parts: readonly string[]): string {
  return sha256(canonicalJson(parts)).slice('sha256:'.length, 'sha256:'.length + 32);
}

function withoutNumbers(message: string): string {
  return message.replaceAll(/\d+/g, '#');
}

/** `encodeURIComponent` throws on lone surrogates, which a path out of a file system may hold. */
function uriSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed());
}
