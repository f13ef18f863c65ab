import type { DrillReport } from '../../model/drill/report.ts';
import { drillReportSchema } from './schema.ts';

/** The report as JSON of the published schema, members in its order. */
export function renderDrillJson(report: DrillReport): string {
  return `${JSON.stringify(drillReportSchema.parse(report), undefined, 2)}\n`;
}
