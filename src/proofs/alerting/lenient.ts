import { Cursor, isMapping } from '../../model/cursor.ts';

/** Grafana reads its own files leniently: what is of another type counts as absent. */
export function listOf(at: Cursor): Cursor[] {
  return Array.isArray(at.value)
    ? at.items().filter((item) => isMapping(item.value) || typeof item.value === 'string')
    : [];
}

/** A string, or nothing. */
export function text(at: Cursor): string | undefined {
  return typeof at.value === 'string' ? at.value : undefined;
}

/** What lies below mappings; absent where one of them is none. */
export function within(at: Cursor, ...keys: string[]): Cursor {
  return keys.reduce((from, key) => (isMapping(from.value) ? from.get(key) : new Cursor(undefined, from.origin)), at);
}
