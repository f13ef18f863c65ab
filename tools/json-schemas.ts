import { specJsonSchema } from '../src/engine/spec-schema.ts';
import { checkReportJsonSchema, decisionJsonSchema } from '../src/report/schema.ts';

/** Every published schema, by the file it is written to. */
export function jsonSchemas(): Record<string, object> {
  return {
    'launchgate.schema.json': specJsonSchema(),
    'check-report.schema.json': checkReportJsonSchema(),
    'decision.schema.json': decisionJsonSchema(),
  };
}
