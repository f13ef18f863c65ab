import type { Pointer } from '../../model/origin.ts';
import { refusal } from './refusal.ts';
import { removeFromYaml, setInYaml } from './yaml-edit.ts';

/** As {@link setInYaml}, for a file of YAML or JSON; what was JSON stays JSON. */
export function setInFile(path: string, text: string, document: number, pointer: Pointer, value: unknown): string {
  return isJson(path)
    ? stillJson(setInYaml(text, document, pointer, value, oneLine))
    : setInYaml(text, document, pointer, value);
}

/** As {@link removeFromYaml}, for a file of YAML or JSON. */
export function removeFromFile(path: string, text: string, document: number, pointer: Pointer): string {
  const without = removeFromYaml(text, document, pointer);
  return isJson(path) ? stillJson(without) : without;
}

function isJson(path: string): boolean {
  return /\.json$/i.test(path);
}

/** `{ "runAsNonRoot": true }`. Line breaks inside strings are escaped, so all others are those of the layout. */
function oneLine(value: unknown): string {
  return JSON.stringify(value, undefined, 1).replaceAll(/\n\s*/g, ' ');
}

function stillJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw refusal('the change could not be made in JSON', cause);
  }
}
