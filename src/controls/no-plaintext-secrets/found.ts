import type { Cursor } from '../../model/cursor.ts';
import type { Origin } from '../../model/origin.ts';
import { argumentsIn } from './command-line.ts';
import { credentialKind, type Kind, type Named } from './credential.ts';
import { embeddedIn } from './embedded.ts';
import { HINT } from './names.ts';

/** A credential in clear: where, under which name, of what kind. Never its value. */
export interface Leak {
  readonly where: string;
  readonly name: string;
  readonly kind: Kind;
  readonly origin: Origin;
}

/** Where something stands. It is asked for what is reported only: most values are not. */
export interface Placed {
  readonly origin: Origin;
}

/** What is known of a text beyond its name: the name of the file that it is, who judges what it holds, and whether it stands there encoded. */
interface Reading {
  readonly file?: string;
  readonly judge?: (named: Named) => Kind | undefined;
  readonly isEncoded?: boolean;
}

/** A value under a name, which may be a text with names of its own: as a whole, then by what it holds. */
export function inText(where: string, named: Named, place: Placed, reading: Reading = {}): Leak[] {
  const { file = named.name, judge = credentialKind, isEncoded = false } = reading;
  const kind = judge(named);
  const at = (holds: (line: string) => boolean): Placed => (isEncoded ? place : onLine(place, named.value, holds));
  const isReason = (value: string): boolean => kind !== undefined && judge({ ...named, value }) === kind;
  const whole = kind === undefined ? [] : [{ where, name: named.name, kind, origin: at(isReason).origin }];
  if (kind !== undefined && !named.value.includes('\n')) return whole;
  const inside = named.name === '' ? where : `${named.name} in ${where}`;
  const placeOf = (found: Named): Placed => at((line) => line.includes(found.name) && line.includes(found.value));
  const embedded = leaksIn(inside, embeddedIn(named.value, file), placeOf, judge);
  return embedded.length === 0 ? whole : [...whole, ...embedded.filter((leak) => leak.kind !== kind)];
}

/** The line of the text at a place that holds something; the place itself where that stands over several, or in other letters. */
function onLine(place: Placed, whole: string, holds: (line: string) => boolean): Placed {
  const index = whole.includes('\n') ? whole.split(/\r?\n/).findIndex(holds) : -1;
  return index === -1 ? place : { origin: { ...place.origin, textLine: index + 1 } };
}

/** A word of a command and its place. */
export interface Word extends Placed {
  readonly text: string;
}

/** The words of a command. A word that is a text, such as a script, is read as one. */
export function inCommand(where: string, words: readonly Word[]): Leak[] {
  if (!words.some((word) => HINT.test(word.text)))
    return words.flatMap((word) => inText(where, { name: '', value: word.text }, word));
  const isText = ({ text: word }: Word): boolean => /\s/.test(word);
  const given = argumentsIn(words.map((word) => (isText(word) ? '' : word.text)));
  return [
    ...words.filter(isText).flatMap((word) => inText(where, { name: '', value: word.text }, word)),
    ...leaksIn(where, given, ({ index }) => words[index] as Word),
  ];
}

/** The elements of a list as words. */
export function wordsIn(list: Cursor): Word[] {
  return list.items().map((item) => ({
    text: text(item),
    get origin() {
      return item.origin;
    },
  }));
}

/** Each name once; what has no name only where nothing of its kind has one. */
function leaksIn<N extends Named>(
  where: string,
  all: Iterable<N>,
  placeOf: (named: N) => Placed,
  judge: (named: N) => Kind | undefined = credentialKind,
): Leak[] {
  const found = new Map<string, Leak>();
  for (const named of all) {
    const kind = found.has(named.name) ? undefined : judge(named);
    if (kind !== undefined) found.set(named.name, { where, name: named.name, kind, origin: placeOf(named).origin });
  }
  if (found.size < 2) return [...found.values()];
  const leaks = [...found.values()];
  return leaks.filter(({ name, kind }) => name !== '' || !leaks.some((leak) => leak.name !== '' && leak.kind === kind));
}

/** The text of a scalar; empty for anything else. */
export function text(at: Cursor): string {
  return typeof at.value === 'string' || typeof at.value === 'number' ? String(at.value) : '';
}
