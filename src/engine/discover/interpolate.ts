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

/** A value, or one that goes through functions of a Go template: `.env | lower`, `.replicas | default "2"`. */
function evaluate(expression: string, params: Params): unknown {
  const [first = '', ...functions] = expression.split('|').map((part) => part.trim());
  return functions.reduce<unknown>((value, call) => applyFunction(call, value), valueOf(first, params));
}

/** `undefined` for a function that is not known here. https://masterminds.github.io/sprig/strings.html */
function applyFunction(call: string, value: unknown): unknown {
  const argument = /^\w+\s+"(?<argument>[^"]*)"$/.exec(call)?.groups?.['argument'];
  const name = /^\w+/.exec(call)?.[0] ?? '';
  if (name === 'default' && argument !== undefined) return value === undefined || value === '' ? argument : value;
  if (typeof value !== 'string') return undefined;
  if (argument !== undefined) {
    if (name === 'trimSuffix') return value.endsWith(argument) ? value.slice(0, value.length - argument.length) : value;
    if (name === 'trimPrefix') return value.startsWith(argument) ? value.slice(argument.length) : value;
    return undefined;
  }
  if (call === 'lower') return value.toLowerCase();
  return call === 'upper' ? value.toUpperCase() : undefined;
}

/** A name with or without its leading dot, `path[1]`, or `index .path.segments 1`. */
function valueOf(expression: string, params: Params): unknown {
  const index = /^index\s+(?<list>\.[\w.-]+)\s+(?<at>\d+|"[^"]+")$/.exec(expression)?.groups;
  if (index !== undefined) return step(lookUp(index['list'] ?? '', params), (index['at'] ?? '').replaceAll('"', ''));
  const bracket = /^(?<list>\.?[\w.-]+)\[(?<at>\d+)\]$/.exec(expression)?.groups;
  if (bracket !== undefined) return step(lookUp(`${bracket['list'] ?? ''}.segments`, params), bracket['at'] ?? '');
  return /^\.?[\w.-]+$/.test(expression) ? lookUp(expression, params) : undefined;
}

/** The parameter that a template stands for, whatever it is; `undefined` where nothing but one is written. */
export function parameterOf(text: string, params: Params): unknown {
  const name = /^\{\{-?\s*(?<name>\.?[\w.-]+)(?:\s*\|\s*toJson)?\s*-?\}\}$/.exec(text.trim())?.groups?.['name'];
  return name === undefined ? undefined : lookUp(name, params);
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
