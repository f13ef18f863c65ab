import { visibleLines } from './visible.ts';

/** JSON for people and programs: indented, and with hidden characters as escapes, which no terminal obeys. */
export function jsonText(value: unknown): string {
  return visibleLines(JSON.stringify(value, undefined, 2));
}
