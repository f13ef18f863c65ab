import { CannotTell } from '../../model/drill/drill.ts';

/** A capability of which this target has these members only; reading another one tells so, and the drill cannot tell. */
export function partly<T extends object>(what: string, known: Partial<T>): T {
  return new Proxy(known as T, {
    get(members, name) {
      if (name in members) return members[name as keyof T];
      // Whoever awaits it asks for this one.
      if (name === 'then') return undefined;
      throw new CannotTell(`the ${what} of this target cannot "${String(name)}"`);
    },
  });
}
