import { numberOf } from '../operators.ts';
import { asUnknown, invalid, isList, isMap, sketchOf, textOf, Unknown, whyUnknown, type Value } from '../value.ts';
import { replacePattern } from './regexes.ts';
import type { Functions } from './types.ts';

/** Longest text that is put together: doubling it forty times over is a few lines of Terraform. */
const MAX_TEXT = 1_000_000;

/** Joins texts; with a part that is not known, what is known of it is kept as a sketch. */
export function concatenate(parts: readonly Value[], separator = ''): Value {
  const texts = parts.map(sketchOf);
  const without = texts.indexOf(undefined);
  if (without !== -1) return unfit(parts[without] ?? null);
  if (texts.reduce((length, text) => length + (text?.length ?? 0), 0) > MAX_TEXT)
    return new Unknown(`the text is longer than ${MAX_TEXT} characters`);
  const text = texts.join(separator);
  const open = parts.find((part) => whyUnknown(part) !== undefined);
  return open === undefined ? text : new Unknown(whyUnknown(open) ?? '', { sketch: text });
}

function unfit(value: Value): Unknown {
  return whyUnknown(value) === undefined ? invalid('a list, a map or null is no text') : asUnknown(value);
}

const text = (value: Value | undefined): string => textOf(value ?? '') ?? '';

const change =
  (to: (value: string) => string) =>
  ([value]: readonly Value[]) =>
    to(text(value));

export const strings: Functions = {
  lower: change((value) => value.toLowerCase()),
  upper: change((value) => value.toUpperCase()),
  title: change((value) => value.replaceAll(/(?<=^|\s)\p{Ll}/gu, (letter) => letter.toUpperCase())),
  chomp: change((value) => value.replace(/[\r\n]+$/, '')),
  trimspace: change((value) => value.trim()),
  strrev: change((value) => [...value].toReversed().join('')),
  urlencode: change((value) => encodeURIComponent(value).replaceAll('%20', '+')),
  basename: change((value) => value.split('/').at(-1) ?? ''),
  dirname: change((value) => value.split('/').slice(0, -1).join('/') || '.'),
  trim: ([value, cutset]) => trimmed(text(value), text(cutset)),
  trimprefix: ([value, prefix]) =>
    text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : text(value),
  trimsuffix: ([value, suffix]) =>
    text(suffix) !== '' && text(value).endsWith(text(suffix))
      ? text(value).slice(0, -text(suffix).length)
      : text(value),
  startswith: ([value, prefix]) => text(value).startsWith(text(prefix)),
  endswith: ([value, suffix]) => text(value).endsWith(text(suffix)),
  strcontains: ([value, part]) => text(value).includes(text(part)),
  substr: ([value, offset, length]) => substring(text(value), numberOf(offset ?? 0) ?? 0, numberOf(length ?? -1) ?? -1),
  replace: ([value, from, to]) =>
    /^\/.+\/$/.test(text(from))
      ? replacePattern(text(value), text(from).slice(1, -1), text(to))
      : bounded(text(value).replaceAll(text(from), () => text(to))),
  split: ([separator, value]) => text(value).split(text(separator)),
  indent: ([spaces, value]) =>
    bounded(text(value).replaceAll('\n', `\n${' '.repeat(Math.min(100, numberOf(spaces ?? 0) ?? 0))}`)),
  formatlist: ([template, ...lists]) => {
    const length = Math.max(0, ...lists.map((list) => (isList(list) ? list.length : 1)));
    return Array.from({ length }, (_, index) =>
      format(
        template ?? '',
        lists.map((list) => (isList(list) ? (list[index] ?? '') : list)),
      ),
    );
  },
};

/** Functions that say something even where a part is not known. */
export const lenientStrings: Functions = {
  join: ([separator = '', ...lists]) => {
    const items = lists.flat() as Value[];
    return typeof separator === 'string' ? concatenate(items, separator) : asUnknown(separator);
  },
  format: ([template = '', ...values]) => format(template, values),
};

/** https://developer.hashicorp.com/terraform/language/functions/format, the verbs in common use. */
function format(template: Value, values: readonly Value[]): Value {
  if (typeof template !== 'string') return asUnknown(template);
  const rest = [...values];
  const parts: Value[] = [];
  let at = 0;
  for (const match of template.matchAll(/%(%|(0?)(\d{0,3})([sdvqt]))/g)) {
    parts.push(template.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[1] === '%') parts.push('%');
    else {
      const value = rest.shift();
      if (value === undefined) return invalid('format has fewer values than verbs');
      parts.push(formatted(value, match[4] ?? '', match[2] === '0' ? '0' : ' ', Number(match[3] ?? 0)));
    }
  }
  parts.push(template.slice(at));
  if (parts.some((part) => typeof part === 'string' && /%[^%\s]?/.test(part) && part !== '%'))
    return new Unknown('format has a verb that is not evaluated');
  return concatenate(parts);
}

function formatted(value: Value, verb: string, pad: string, width: number): Value {
  if (whyUnknown(value) !== undefined) return value;
  const plain = verb === 'v' && (isList(value) || isMap(value)) ? JSON.stringify(value) : textOf(value);
  if (plain === undefined) return invalid('format takes no list');
  return (verb === 'q' ? JSON.stringify(plain) : plain).padStart(width, pad);
}

function bounded(value: string): Value {
  return value.length > MAX_TEXT ? new Unknown(`the text is longer than ${MAX_TEXT} characters`) : value;
}

function trimmed(value: string, cutset: string): string {
  const letters = [...value];
  const first = letters.findIndex((letter) => !cutset.includes(letter));
  const last = letters.findLastIndex((letter) => !cutset.includes(letter));
  return first === -1 ? '' : letters.slice(first, last + 1).join('');
}

function substring(value: string, offset: number, length: number): string {
  const letters = [...value];
  const from = offset < 0 ? letters.length + offset : offset;
  return letters.slice(from, length < 0 ? undefined : from + length).join('');
}
