import type { CheckReport, CheckRow } from '../../model/report.ts';
import { checkReportSchema } from '../schema.ts';
import { checkVerdict } from '../order.ts';
import { jsonText } from '../text/json.ts';

/**
 * The report as JSON of the published schema: members in its order, findings as flat rows. The schema puts all but the rows in order:
 * they are many, and {@link member} does it for less.
 */
export function renderCheckJson(report: CheckReport): string {
  const rest = checkReportSchema.parse({ ...report, verdict: checkVerdict(report), findings: [] });
  const whole = { ...rest, findings: report.findings.map(member) };
  return `${jsonText(whole)}\n`;
}

/** A row with the members of the schema, in its order, and no other; what is not there is left out as the row is written. */
function member(row: CheckRow): Record<keyof CheckRow, unknown> {
  const { location, counterExample, witness, ignored } = row;
  return {
    control: row.control,
    subject: row.subject,
    outcome: row.outcome,
    severity: row.severity,
    message: row.message,
    location: location && { path: location.path, line: location.line, column: location.column },
    remediation: row.remediation,
    counterExample: counterExample?.map(({ action, state }) => ({ action, state })),
    witness: witness && { summary: witness.summary, facts: witness.facts },
    ignored: ignored && { reason: ignored.reason, until: ignored.until },
    known: row.known,
    unread: row.unread,
  };
}
