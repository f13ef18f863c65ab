import { isMapping } from '../../model/cursor.ts';

/** Parameters of a generator: nested, as Go templates see them, with whole dotted names beside them for the older syntax. */
export type Params = Readonly<Record<string, unknown>>;

/** Fills the parameters into every string and key below a value; expressions it does not know stay as they are. */
export function fillIn(value: unknown, params: Params): unknown {
  if (typeof value === 'string') return fillText(value, params);
  if (Array.isArray(value)) return value.map((item: unknown) => fillIn(item, params));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [fillText(key, params), fillIn(item, params)]));
}

function fillText(text: string, params: Params): string {
  if (!text.includes('{{')) return text;
  return text.replaceAll(/\{\{([^{}]*)\}\}/g, (whole, inner: string) => {
    const found = evaluate(inner.replace(/^-/, '').replace(/-$/, '').trim(), params);
    return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : whole;
  });
}

/** A name with or without its leading dot, `path[1]`, or `index .path.segments 1`. */
function evaluate(expression: string, params: Params): unknown {
  const index = /^index\s+(?<list>\.[\w.-]+)\s+(?<at>\d+|"[^"]+")$/.exec(expression)?.groups;
  if (index !== undefined) return step(lookUp(index['list'] ?? '', params), (index['at'] ?? '').replaceAll('"', ''));
  const bracket = /^(?<list>\.?[\w.-]+)\[(?<at>\d+)\]$/.exec(expression)?.groups;
  if (bracket !== undefined) return step(lookUp(`${bracket['list'] ?? ''}.segments`, params), bracket['at'] ?? '');
  return /^\.?[\w.-]+$/.test(expression) ? lookUp(expression, params) : undefined;
}

function lookUp(name: string, params: Params): unknown {
  const plain = name.replace(/^\./, '');
  if (Object.hasOwn(params, plain) && !isMapping(params[plain])) return params[plain];
  const found = plain.split('.').reduce<unknown>(step, params);
  return isMapping(found) && !name.startsWith('.') ? found['path'] : found;
}

function step(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
