import { createHash } from 'node:crypto';

/** What precedes the first event. */
export const GENESIS = 'sha256:0000000000000000000000000000000000000000000000000000000000000000';
const DEEPEST = 32;

/** SHA-256 of a value as JSON with sorted members and no white space (RFC 8785, whose numbers and strings are those of `JSON.stringify`). */
export function digestOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonical(value)).digest('hex')}`;
}

/** Throws on what JSON cannot hold and on nesting beyond 32: a digest of less than was meant would prove nothing. */
export function canonical(value: unknown, depth = 0): string {
  if (depth > DEEPEST) throw new TypeError(`a value is nested deeper than ${DEEPEST}`);
  if (value instanceof Date) return canonical(value.toISOString(), depth);
  if (Array.isArray(value)) return `[${Array.from(value, (one) => canonical(one ?? null, depth + 1)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    if ('toJSON' in value && typeof value.toJSON === 'function') return canonical(value.toJSON(), depth + 1);
    if (isHidden(value)) throw new TypeError(`a ${value.constructor.name} has no place in JSON`);
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member, depth + 1)}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no place in JSON`);
  const text: string | undefined = typeof value === 'bigint' ? undefined : JSON.stringify(value);
  if (text === undefined) throw new TypeError(`a ${typeof value} has no place in JSON`);
  return text;
}

/** Of a map, a set or a promise JSON shows nothing, whatever is in it. */
function isHidden(value: object): boolean {
  const kind: unknown = Object.getPrototypeOf(value);
  return kind !== Object.prototype && kind !== null && Object.keys(value).length === 0;
}
