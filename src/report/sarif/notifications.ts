import type { CheckReport, CheckRow } from '../../model/report.ts';
import type { ReportContext } from '../context.ts';
import { untoldOf } from '../left-open.ts';
import { sortRows, whyUntold } from '../order.ts';
import { sarifLocation, sentences, shortened } from './results.ts';
import type { Notification, SarifRun } from './types.ts';

/** Most notifications written of one sort; the counts stand in the run's properties. */
const LIMIT = 100;

/** What the run may say of itself. */
export const NOTIFICATIONS: SarifRun['tool']['driver']['notifications'] = [
  descriptor('undecided', 'ControlUndecided', 'A control could not be decided.'),
  descriptor('unread', 'SourceUnread', 'A source could not be read.'),
  descriptor('nothing-judged', 'NothingWasJudged', 'Too little was judged to tell anything.'),
  descriptor('ignored', 'FindingIgnored', 'A finding is silenced by a comment.'),
  descriptor('results-left-out', 'TooManyResults', 'There are more results than code scanning takes.'),
];

/** Why the run did not see everything, and what it saw and does not report. */
export function notificationsOf(report: CheckReport, context: ReportContext): Notification[] {
  const { unknown, ignored } = sortRows(report);
  return [
    ...nothingJudged(report),
    ...untoldOf(unknown)
      .own.slice(0, LIMIT)
      .map((row) => undecided(row, context)),
    ...report.unread.slice(0, LIMIT).map((gap): Notification => ({
      level: 'warning',
      message: { text: shortened(sentences(`${gap.path}: ${gap.reason}`, gap.fix)) },
      descriptor: { id: 'unread' },
    })),
    ...ignored.slice(0, LIMIT).map((row) => silenced(row, context)),
  ];
}

function nothingJudged(report: CheckReport): Notification[] {
  const text = whyUntold(report);
  if (text === undefined) return [];
  return [{ level: 'error', message: { text }, descriptor: { id: 'nothing-judged' } }];
}

function undecided(row: CheckRow, context: ReportContext): Notification {
  return {
    level: row.outcome === 'error' ? 'error' : 'warning',
    message: { text: shortened(`${row.control}, ${row.subject}: ${row.message}`) },
    descriptor: { id: 'undecided' },
    associatedRule: { id: row.control },
    ...(row.location === undefined ? {} : { locations: [sarifLocation(row.location, context)] }),
  };
}

function silenced(row: CheckRow, context: ReportContext): Notification {
  const { reason = '', until = '' } = row.ignored ?? {};
  return {
    level: 'note',
    message: { text: shortened(`${row.control}, ${row.subject}, ignored until ${until} (${reason}): ${row.message}`) },
    descriptor: { id: 'ignored' },
    associatedRule: { id: row.control },
    ...(row.location === undefined ? {} : { locations: [sarifLocation(row.location, context)] }),
  };
}

function descriptor(id: string, name: string, text: string): SarifRun['tool']['driver']['notifications'][number] {
  return { id, name, shortDescription: { text }, fullDescription: { text }, help: { text } };
}
