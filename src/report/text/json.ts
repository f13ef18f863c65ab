import { visibleLines } from './visible.ts';

/** JSON for people and programs: indented, and with hidden characters as escapes, which neither a terminal nor a CI server obeys. */
export function jsonText(value: unknown): string {
  const json = JSON.stringify(value, undefined, 2);
  // Whether there is anything to escape is found out in a quarter of the time.
  return /[\x7f-\uffff]|##|::/.test(json) ? visibleLines(json) : json;
}
