import type { Spec } from '../../model/spec.ts';
import type { Reading } from '../read/reading.ts';
import type { ImportedRole } from '../types.ts';
import { slugOf } from '../match/words.ts';

/** Roles and teams that the documents name, each once. Roles that a person of the spec holds are left out. */
export function rolesOf(readings: readonly Reading[], existing: Spec | undefined): ImportedRole[] {
  const held = new Set(existing?.people.flatMap((person) => [person.id, slugOf(person.name), ...person.roles]));
  const roles = new Map<string, { title: string; places: Set<string> }>();
  for (const reading of readings) {
    for (const { text, line } of reading.roles) {
      for (const title of splitRoles(text)) {
        const id = slugOf(title);
        if (id === '' || held.has(id)) continue;
        const role = roles.get(id) ?? { title, places: new Set() };
        role.places.add(`${reading.path}:${line}`);
        roles.set(id, role);
      }
    }
  }
  return [...roles].map(([id, { title, places }]) => ({ id, title, places: [...places] }));
}

/** `Platform + DBA` and `Bo / Ana` are two; `SRE/DevOps Lead` is one. */
function splitRoles(text: string): string[] {
  return text
    .split(/\s*(?:[,;+&]|\band\b)\s*|\s+\/\s+/)
    .map((role) => role.replaceAll(/^[@*`_]+|[*`_.]+$/g, '').trim())
    .filter((role) => /\p{L}/u.test(role) && !/^(?:tbd|tba|n\/a|none|unassigned|\?+)$/i.test(role));
}
