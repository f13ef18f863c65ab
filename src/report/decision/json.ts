import type { Decision } from '../../model/report.ts';
import { decisionSchema } from '../schema.ts';
import { jsonText } from '../text/json.ts';

/** The decision as JSON of the published schema, members in its order. Unsigned: what is signed is the verification summary. */
export function renderDecisionJson(decision: Decision): string {
  return `${jsonText(decisionSchema.parse(decision))}\n`;
}
