import { inputSchema } from '../src/engine/spec/json-schema.ts';
import { specJsonSchema } from '../src/engine/spec-schema.ts';
import { policySchema } from '../src/model/policy.ts';
import { checkReportJsonSchema, decisionJsonSchema } from '../src/report/schema.ts';

/** Every published schema, by the file it is written to. */
export function jsonSchemas(): Record<string, object> {
  return {
    'launchgate.schema.json': specJsonSchema(),
    'policy.schema.json': {
      ...inputSchema(policySchema),
      title: 'Launchgate policy',
      description: 'The trust root: people, keys, gates, authorities.',
    },
    'check-report.schema.json': checkReportJsonSchema(),
    'decision.schema.json': decisionJsonSchema(),
  };
}
