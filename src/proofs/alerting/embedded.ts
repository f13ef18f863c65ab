import { load } from 'js-yaml';
import { isMapping } from '../../model/cursor.ts';

/** Far beyond any configuration that a ConfigMap may hold (1 MiB). */
const MAX_LENGTH = 1_048_576;

/** The mapping that the text of a ConfigMap holds, YAML or JSON; `undefined` where it is none. */
export function embedded(text: string): Record<string, unknown> | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const value: unknown = text.trimStart().startsWith('{') ? JSON.parse(text) : load(text);
    return isMapping(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
