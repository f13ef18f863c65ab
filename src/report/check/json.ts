import type { CheckReport } from '../../model/report.ts';
import { checkReportSchema } from '../schema.ts';

/** The report as JSON of the published schema: members in its order, findings as flat rows. */
export function renderCheckJson(report: CheckReport): string {
  return `${JSON.stringify(checkReportSchema.parse(report), undefined, 2)}\n`;
}
