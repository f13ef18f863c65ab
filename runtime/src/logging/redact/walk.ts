/**
 * A redacted copy of any value, made of plain objects, arrays, strings, numbers, booleans and null: what is left to write is safe for
 * JSON. It reads each property once, survives whatever a property does, and is bounded in depth, breadth and total.
 */
import { errorCopy } from './errors.ts';
import { isQuantity, namesQuantity, type SecretKeys } from './keys.ts';
import { isSecretItem } from './lists.ts';
import { dumpedBuffer, opaqueCopy } from './opaque.ts';
import { attempt, isError, put, read, type Bounds, type Plain, type Walk } from './plain.ts';
import { isCard, REDACTED } from './shapes.ts';
import { areSecretParameters } from './sql.ts';
import { hidden, isName, isToldSecret, isVagueSecret } from './told-members.ts';

/** Names of the columns of rows that are lists. */
const COLUMNS = ['columns', 'fields', 'headers'] as const;
/** The private members of a JSON Web Key (RFC 7518, 6), which says what it is in `kty`. */
const JWK = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']);
/** Parameters of a URL, taken apart. Beside a `url`, `params` are that as well. */
const QUERY = /^(?:query|queryString|querystring|query_string|queryParams|query_params|searchParams|qs)$/;
/** Parameters of a statement. */
const BINDINGS = /^(?:parameters|params|bindings|values|args)$/;

export function beginWalk(keys: SecretKeys, text: (text: string) => string, bounds: Bounds): Walk {
  const walk: Walk = {
    keys,
    bounds,
    ancestors: [],
    query: undefined,
    left: bounds.maxNodes,
    text,
    copy: (value) => copy(walk, value),
    property: (key, value) => property(walk, key, value),
    list: (values, tool) => listCopy(walk, values, tool),
  };
  return walk;
}

/** The value of a property: under a secret name nothing of it remains. */
function property(walk: Walk, key: string, value: unknown): Plain | undefined {
  if (value === undefined || typeof value === 'function') return undefined;
  if (!walk.keys.isSecret(key))
    return typeof value === 'object' && value !== null ? member(walk, key, value) : plainCopy(walk, key, value);
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && isQuantity(key, String(value))) return value;
  return REDACTED;
}

/** What is neither: under a name that says too little it is a secret if it looks like one, and a number that counts is no card's. */
function plainCopy(walk: Walk, key: string, value: unknown): Plain {
  if (typeof value === 'number' && Number.isFinite(value) && namesQuantity(key)) return value;
  return isVagueSecret(walk, key, value) ? REDACTED : copy(walk, value);
}

/** An object or a list, which may be read otherwise by what it is of the object that holds it. */
function member(walk: Walk, key: string, value: object): Plain {
  const holder = walk.ancestors.at(-1);
  if (Array.isArray(value)) {
    const isSecret = holder !== undefined && BINDINGS.test(key) && areSecretParameters(walk.keys, holder);
    if (isSecret) return value.slice(0, walk.bounds.maxItems).map(() => REDACTED);
    const rows = holder !== undefined && /^(?:rows|values|data)$/.test(key) ? rowsCopy(walk, value, holder) : undefined;
    return rows ?? copy(walk, value);
  }
  if (QUERY.test(key) || (key === 'params' && holder !== undefined && attempt(() => 'url' in holder) === true))
    walk.query = value;
  return copy(walk, value);
}

function copy(walk: Walk, value: unknown): Plain {
  switch (typeof value) {
    case 'string':
      walk.left -= value.length >> 7;
      return walk.text(value);
    case 'number':
      return numberCopy(value);
    case 'boolean':
      return value;
    case 'bigint':
      return walk.text(value.toString());
    case 'symbol':
      return walk.text(value.toString());
    case 'object':
      return value === null ? null : objectCopy(walk, value);
    default:
      return null;
  }
}

function numberCopy(value: number): Plain {
  if (!Number.isFinite(value)) return String(value);
  return value > 1e13 && isCard(String(value)) && /^(?:[3-6]|2[2-7])/.test(String(value)) ? REDACTED : value;
}

function objectCopy(walk: Walk, value: object): Plain {
  if (walk.ancestors.includes(value)) return '[circular]';
  if (walk.ancestors.length >= walk.bounds.maxDepth) return '[deep]';
  if (walk.left <= 0) return '[more]';
  walk.ancestors.push(value);
  try {
    return structureCopy(walk, value);
  } catch {
    return '[unreadable]';
  } finally {
    walk.ancestors.pop();
  }
}

function structureCopy(walk: Walk, value: object): Plain {
  if (Array.isArray(value)) return listCopy(walk, value);
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind !== Object.prototype && kind !== null) {
    if (isError(value)) return errorCopy(walk, value);
    const opaque = opaqueCopy(walk, value);
    if (opaque !== undefined) return opaque;
  } else if ('type' in value && 'data' in value) {
    const dumped = attempt(() => dumpedBuffer(value));
    if (dumped !== undefined) return dumped;
  }
  const toJSON = 'toJSON' in value ? value.toJSON : undefined;
  if (typeof toJSON === 'function') return copy(walk, toJSON.call(value, ''));
  return recordCopy(walk, value);
}

/** A list. A PEM key that was split into lines is gone to its last line. */
function listCopy(walk: Walk, list: readonly unknown[], tool?: unknown): Plain[] {
  const out: Plain[] = [];
  const length = Math.min(list.length, walk.bounds.maxItems);
  let inKey = false;
  for (let index = 0; index < length && walk.left > 0; index += 1) {
    walk.left -= 1;
    const item = list[index];
    if (typeof item === 'string' && /-----BEGIN [A-Z ]*PRIVATE KEY/.test(item)) inKey = true;
    out.push(inKey || isSecretItem(walk.keys, list, index, tool) ? REDACTED : copy(walk, item));
    if (typeof item === 'string' && item.includes('-----END')) inKey = false;
  }
  if (out.length < list.length) out.push(`[${list.length - out.length} more]`);
  return out;
}

function recordCopy(walk: Walk, value: object): Plain {
  const out: { [key: string]: Plain } = {};
  const isQuery = walk.query === value;
  let count = 0;
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    count += 1;
    if (count > walk.bounds.maxItems || walk.left <= 0) {
      out['[more]'] = true;
      break;
    }
    walk.left -= 1;
    const isSecret =
      isToldSecret(walk, value, key) ||
      (key.length < 4 && JWK.has(key) && isKey(value)) ||
      ((key === 'data' || key === 'stringData') && isSecretOfKubernetes(walk, value)) ||
      (isQuery && walk.keys.isSecretParameter(key));
    put(walk, out, key, isSecret ? hidden(value, key) : read(walk, value, key));
  }
  return out;
}

/** The cells of secret columns are gone, in rows that are lists beside a list of the columns' names. */
function rowsCopy(walk: Walk, rows: readonly unknown[], holder: object): Plain | undefined {
  for (const name of COLUMNS) {
    const columns: unknown = attempt(() => (holder as Record<string, unknown>)[name]);
    if (!Array.isArray(columns) || !columns.some((column) => isName(walk, column))) continue;
    const withoutSecrets = (row: readonly unknown[]): unknown[] =>
      row.map((cell, at) => (isName(walk, columns[at]) ? REDACTED : cell));
    if (rows.every(Array.isArray)) return copy(walk, rows.slice(0, walk.bounds.maxItems).map(withoutSecrets));
    if (rows !== columns && rows.length === columns.length) return copy(walk, withoutSecrets(rows));
  }
  return undefined;
}

/** Whatever the names under `data` are (https://kubernetes.io/docs/concepts/configuration/secret/). */
function isSecretOfKubernetes(walk: Walk, value: object): boolean {
  const { kind } = value as { kind?: unknown };
  // The items of a list as the API answers it have no kind of their own.
  return kind === 'Secret' || (walk.ancestors.at(-3) as { kind?: unknown } | undefined)?.kind === 'SecretList';
}

function isKey(value: object): boolean {
  return typeof (value as { kty?: unknown }).kty === 'string';
}
