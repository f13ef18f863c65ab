import { isMapping } from '../model/cursor.ts';
import { specSchema } from '../model/spec.ts';
import { SPEC_DESCRIPTIONS } from './spec/descriptions.ts';
import { inputSchema } from './spec/json-schema.ts';

type Node = Record<string, unknown>;

/** JSON Schema (2020-12) of `launchgate.yaml`, for editors: what is written, so everything with a default is optional. */
export function specJsonSchema(): object {
  const schema = structuredClone(inputSchema(specSchema)) as Node;
  for (const [path, description] of Object.entries(SPEC_DESCRIPTIONS))
    nodeAt(schema, path)['description'] = description;
  return { ...schema, title: 'Launchgate platform', description: 'The description of a platform, launchgate.yaml.' };
}

/** The schema of a key such as `services[].routes[].path`. Throws a RangeError for a key that the spec has not. */
function nodeAt(schema: Node, path: string): Node {
  const parts = path.replaceAll('[]', '.[]').split('.');
  return parts.reduce<Node>((node, part) => {
    const next = part === '[]' ? node['items'] : isMapping(node['properties']) ? node['properties'][part] : undefined;
    if (!isMapping(next)) throw new RangeError(`the spec has no key ${path}`);
    return next;
  }, schema);
}
