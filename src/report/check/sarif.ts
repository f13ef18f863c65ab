import { gzipSync } from 'node:zlib';
import type { CheckReport } from '../../model/report.ts';
import type { ReportContext } from '../context.ts';
import { checkVerdict, counted, sortRows } from '../order.ts';
import { notificationsOf, NOTIFICATIONS } from '../sarif/notifications.ts';
import { resultsOf } from '../sarif/results.ts';
import { rulesOf } from '../sarif/rules.ts';
import type { Notification, SarifLog, SarifResult } from '../sarif/types.ts';
import { visibleLines } from '../text/visible.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const HOME = 'https://launchgate.dev';
/** Code scanning stores this many results of a run and refuses a run of more than 25,000. */
const RESULT_LIMIT = 5000;
/** Code scanning refuses more bytes than this after gzip. */
const UPLOAD_LIMIT = 10_000_000;

/**
 * The report as SARIF 2.1.0, as GitHub code scanning takes it. `executionSuccessful` is false as soon as something could
 * not be told, so that a run without results is never mistaken for a clean one.
 */
export function renderCheckSarif(report: CheckReport, context: ReportContext, uploadLimit = UPLOAD_LIMIT): string {
  const all = resultsOf(report, context, rulesOf(report, context));
  let results = all.slice(0, RESULT_LIMIT);
  let text = serialise(report, context, results, all.length - results.length);
  if (tooLarge(text, uploadLimit)) {
    results = results.map(withoutFlows);
    text = serialise(report, context, results, all.length - results.length);
  }
  while (tooLarge(text, uploadLimit) && results.length > 0) {
    results = results.slice(0, Math.floor(results.length / 2));
    text = serialise(report, context, results, all.length - results.length);
  }
  return text;
}

function serialise(report: CheckReport, context: ReportContext, results: readonly SarifResult[], left: number): string {
  const rows = sortRows(report);
  const notifications: Notification[] = [...notificationsOf(report, context), ...leftOut(left)];
  const log: SarifLog = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'launchgate',
            version: report.tool.version,
            semanticVersion: report.tool.version,
            informationUri: HOME,
            rules: rulesOf(report, context),
            notifications: NOTIFICATIONS,
          },
        },
        automationDetails: { id: categoryOf(report, context) },
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the checked repository.' } } },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: !couldNotTell(report), toolExecutionNotifications: notifications }],
        results,
        properties: {
          platform: report.platform.name,
          environment: report.platform.environment,
          proven: rows.passes.length,
          ignored: rows.ignored.length,
          known: rows.known.length,
        },
      },
    ],
  };
  return `${visibleLines(JSON.stringify(log, undefined, 1))}\n`;
}

/**
 * What code scanning tells analyses apart by: what a later one of the same category lacks counts as fixed there. So the folder that was checked
 * is in it as well as the environment.
 */
function categoryOf({ platform }: CheckReport, { prefix = '' }: ReportContext): string {
  const parts = [platform.environment, ...prefix.split('/').filter((part) => part !== '' && part !== '.')];
  return `launchgate/${parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/')}/`;
}

function withoutFlows(result: SarifResult): SarifResult {
  const { ruleId, ruleIndex, level, message, locations, partialFingerprints, properties } = result;
  return { ruleId, ruleIndex, level, message, locations, partialFingerprints, properties };
}

function couldNotTell(report: CheckReport): boolean {
  const { unknown } = sortRows(report);
  return unknown.length > 0 || report.unread.length > 0 || checkVerdict(report) === 'unknown';
}

function leftOut(count: number): Notification[] {
  if (count === 0) return [];
  const text = `${counted(count, 'result')} left out, the least grave first: code scanning takes no more. The JSON report has all of them.`;
  return [{ level: 'warning', message: { text }, descriptor: { id: 'results-left-out' } }];
}

/** What fits as it is fits compressed; only the rest is tried. */
function tooLarge(text: string, limit: number): boolean {
  return text.length > limit && gzipSync(text).length > limit;
}
