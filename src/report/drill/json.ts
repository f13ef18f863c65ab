import type { DrillReport } from '../../model/drill/report.ts';
import { drillReportSchema } from './schema.ts';
import { jsonText } from '../text/json.ts';

/** The report as JSON of the published schema, members in its order. A number that is none is null, as JSON has it. */
export function renderDrillJson(report: DrillReport): string {
  const plain: unknown = JSON.parse(JSON.stringify(report));
  return `${jsonText(drillReportSchema.parse(plain))}\n`;
}
