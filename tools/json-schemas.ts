import { inputSchema } from '../src/engine/spec/json-schema.ts';
import { specJsonSchema } from '../src/engine/spec-schema.ts';
import { policySchema } from '../src/model/policy.ts';
import { POLICY_DESCRIPTIONS } from './policy-descriptions.ts';
import { drillReportJsonSchema } from '../src/report/drill/schema.ts';
import { reachReportJsonSchema } from '../src/report/reach/schema.ts';
import { checkReportJsonSchema, decisionJsonSchema } from '../src/report/schema.ts';

/** Every published schema, by the file it is written to. */
export function jsonSchemas(): Record<string, object> {
  return {
    'launchgate.schema.json': specJsonSchema(),
    'policy.schema.json': {
      ...described(inputSchema(policySchema), POLICY_DESCRIPTIONS),
      title: 'Launchgate policy',
      description: 'The trust root: people, keys, gates, authorities.',
    },
    'check-report.schema.json': checkReportJsonSchema(),
    'decision.schema.json': decisionJsonSchema(),
    'drill-report.schema.json': drillReportJsonSchema(),
    'reach-report.schema.json': reachReportJsonSchema(),
  };
}

type Node = { properties?: Record<string, Node>; items?: Node; description?: string };

/** A schema with descriptions at paths such as `gates[].requires[].halves`. Throws a RangeError for a path that it has not. */
function described(schema: object, descriptions: Readonly<Record<string, string>>): object {
  const copy = structuredClone(schema) as Node;
  for (const [path, description] of Object.entries(descriptions)) {
    const parts = path.replaceAll('[]', '.[]').split('.');
    const node = parts.reduce<Node | undefined>(
      (at, part) => (part === '[]' ? at?.items : at?.properties?.[part]),
      copy,
    );
    if (node === undefined) throw new RangeError(`the schema has no key ${path}`);
    node.description = description;
  }
  return copy;
}
