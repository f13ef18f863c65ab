import { numberOf } from '../operators.ts';
import {
  asUnknown,
  invalid,
  isList,
  isMap,
  mapOf,
  memberOf,
  Reference,
  sameValue,
  sketchOf,
  textOf,
  Unknown,
  whyUnknown,
  type Value,
} from '../value.ts';
import type { Functions } from './types.ts';

/** Most elements of a list: concatenating one with itself twenty times over is a few lines of Terraform. */
export const MAX_ITEMS = 20_000;

/** Functions of lists and maps whose elements need not be known. A list or map that is not known as a whole makes them unknown. */
export const collections: Functions = {
  concat: (lists) => overLists(lists, (all) => bounded(all.flat())),
  flatten: ([list = []]) => overLists([list], ([all = []]) => flattened(all)),
  compact: ([list = []]) => overLists([list], ([all = []]) => all.filter((item) => item !== '' && item !== null)),
  distinct: ([list = []]) => overLists([list], ([all = []]) => distinct(all)),
  reverse: ([list = []]) => overLists([list], ([all = []]) => all.toReversed()),
  sort: ([list = []]) => overLists([list], ([all = []]) => sorted(all)),
  toset: ([list = []]) => setOf(list),
  setunion: (lists) => overLists(lists, (all) => setOf(all.flat())),
  setsubtract: ([a = [], b = []]) => overLists([a, b], ([from = [], less = []]) => subtract(from, less, false)),
  setintersection: ([a = [], b = []]) => overLists([a, b], ([from = [], others = []]) => subtract(from, others, true)),
  setproduct: (lists) => overLists(lists, product),
  chunklist: ([list = [], size = 1]) => overLists([list], ([all = []]) => chunks(all, numberOf(size) ?? 1)),
  slice: ([list = [], from = 0, to = 0]) => slice(list, from, to),
  element: ([list = [], index = 0]) => element(list, index),
  one: ([list = []]) =>
    overLists([list], ([all = []]) => (all.length > 1 ? invalid('one of several') : (all[0] ?? null))),
  length: ([value = []]) => lengthOf(value),
  contains: ([list = [], value = null]) =>
    overLists([list], ([all = []]) => anyOf(all.map((item) => sameValue(item, value)))),
  index: ([list = [], value = null]) => overLists([list], ([all = []]) => indexOf(all, value)),
  alltrue: ([list = []]) => overLists([list], ([all = []]) => every(all, true)),
  anytrue: ([list = []]) => overLists([list], ([all = []]) => every(all, false)),
  range: (args) => range(args),
  merge: (maps) => overMaps(maps, (all) => mapOf(all.flatMap((map) => Object.entries(map)))),
  keys: ([map = {}]) => overMaps([map], ([one = {}]) => Object.keys(one).sort()),
  values: ([map = {}]) =>
    overMaps([map], ([one = {}]) =>
      Object.keys(one)
        .sort()
        .map((key) => one[key] ?? null),
    ),
  zipmap: ([keys = [], values = []]) => zipmap(keys, values),
  lookup: ([map = {}, key = '', otherwise]) => lookup(map, key, otherwise),
  transpose: ([map = {}]) => overMaps([map], ([one = {}]) => transposed(one)),
};

function overLists(lists: readonly Value[], then: (lists: readonly (readonly Value[])[]) => Value): Value {
  const open = lists.find((list) => !isList(list));
  if (open === undefined) return then(lists as readonly (readonly Value[])[]);
  if (open === null) return invalid('null is no list');
  if (isMap(open))
    return overLists(
      lists.map((list) => (isMap(list) ? Object.values(list) : list)),
      then,
    );
  return whyUnknown(open) === undefined ? invalid('it is no list') : asUnknown(open);
}

function overMaps(maps: readonly Value[], then: (maps: readonly Readonly<Record<string, Value>>[]) => Value): Value {
  const given = maps.filter((map) => map !== null);
  const open = given.find((map) => !isMap(map));
  if (open === undefined) return then(given.filter((map) => isMap(map)));
  return whyUnknown(open) === undefined ? invalid('it is no map') : asUnknown(open);
}

function bounded(list: readonly Value[]): Value {
  return list.length > MAX_ITEMS ? new Unknown(`the list has more than ${MAX_ITEMS} elements`) : list;
}

function flattened(list: readonly Value[]): Value {
  const open = list.find((item) => item instanceof Unknown);
  if (open !== undefined) return asUnknown(open);
  return bounded(list.flat(20) as readonly Value[]);
}

function distinct(list: readonly Value[]): readonly Value[] {
  const seen = new Set<string>();
  return list.filter((item) => {
    const key = identityOf(item);
    if (key === undefined || !seen.has(key)) {
      if (key !== undefined) seen.add(key);
      return true;
    }
    return false;
  });
}

/** What tells one element from another; `undefined` for one that nobody can tell. */
function identityOf(value: Value): string | undefined {
  if (value instanceof Reference) return `\${${value.text}}`;
  return whyUnknown(value) === undefined ? JSON.stringify(value) : undefined;
}

function sorted(list: readonly Value[]): Value {
  const open = list.find((item) => whyUnknown(item) !== undefined);
  return open === undefined ? [...list].sort((a, b) => compare(textOf(a) ?? '', textOf(b) ?? '')) : asUnknown(open);
}

/** A set goes through its elements in the order of their texts. */
export function setOf(list: Value): Value {
  return overLists([list], ([all = []]) =>
    distinct(all).toSorted((a, b) =>
      typeof a === 'number' && typeof b === 'number' ? a - b : compare(sketchOf(a) ?? '', sketchOf(b) ?? ''),
    ),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function subtract(from: readonly Value[], others: readonly Value[], keep: boolean): Value {
  const open = [...from, ...others].find((item) => identityOf(item) === undefined);
  if (open !== undefined) return asUnknown(open);
  const known = new Set(others.map(identityOf));
  return setOf(from.filter((item) => known.has(identityOf(item)) === keep));
}

function product(lists: readonly (readonly Value[])[]): Value {
  let rows: Value[][] = [[]];
  for (const list of lists) {
    if (rows.length * list.length > MAX_ITEMS) return bounded(Array.from({ length: MAX_ITEMS + 1 }, () => null));
    rows = rows.flatMap((row) => list.map((item) => [...row, item]));
  }
  return rows;
}

function chunks(list: readonly Value[], size: number): Value {
  if (size < 1) return invalid('a chunk of nothing');
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}

/** A part of a list that only the provider knows has its elements by their places. */
function slice(list: Value, from: Value, to: Value): Value {
  const [start, end] = [numberOf(from), numberOf(to)];
  if (start === undefined || end === undefined) return asUnknown(start === undefined ? from : to);
  if (list instanceof Reference && end - start >= 0 && end - start <= MAX_ITEMS)
    return Array.from(
      { length: end - start },
      (_, index) => new Reference(list.address, [...list.path, start + index]),
    );
  return overLists([list], ([all = []]) =>
    start < 0 || end > all.length || start > end ? invalid('slice goes beyond the list') : all.slice(start, end),
  );
}

function element(list: Value, index: Value): Value {
  const at = numberOf(index);
  if (at === undefined) return asUnknown(index);
  if (list instanceof Reference) return new Reference(list.address, [...list.path, at]);
  return overLists([list], ([all = []]) => {
    if (all.length === 0) return invalid('the element of an empty list');
    return all[((at % all.length) + all.length) % all.length] ?? null;
  });
}

function lengthOf(value: Value): Value {
  if (isList(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  return typeof value === 'string' ? [...value].length : asUnknown(value);
}

function anyOf(answers: readonly (boolean | undefined)[]): Value {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? new Unknown('an element of the list is not known') : false;
}

function indexOf(list: readonly Value[], value: Value): Value {
  const at = list.findIndex((item) => sameValue(item, value) !== false);
  if (at === -1) return invalid('it is not in the list');
  return sameValue(list[at] ?? null, value) === true ? at : new Unknown('an element of the list is not known');
}

function every(list: readonly Value[], wanted: boolean): Value {
  if (list.some((item) => item === !wanted || item === String(!wanted))) return !wanted;
  const open = list.find((item) => whyUnknown(item) !== undefined);
  return open === undefined ? wanted : asUnknown(open);
}

function range(args: readonly Value[]): Value {
  const numbers = args.map(numberOf);
  if (numbers.includes(undefined)) return asUnknown(args[numbers.indexOf(undefined)] ?? null);
  const [first = 0, second, third] = numbers as number[];
  const [start, limit] = second === undefined ? [0, first] : [first, second];
  const step = third ?? (limit < start ? -1 : 1);
  const count = step === 0 ? Number.NaN : Math.max(0, Math.ceil((limit - start) / step));
  if (!(count <= MAX_ITEMS)) return invalid('the range is too long');
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function zipmap(keys: Value, values: Value): Value {
  return overLists([keys, values], ([names = [], items = []]) => {
    const open = names.find((name) => textOf(name) === undefined);
    if (open !== undefined) return asUnknown(open);
    if (names.length !== items.length) return invalid('zipmap takes as many keys as values');
    return mapOf(names.map((name, index) => [textOf(name) ?? '', items[index] ?? null]));
  });
}

function lookup(map: Value, key: Value, otherwise: Value | undefined): Value {
  const name = textOf(key);
  if (name === undefined) return asUnknown(key);
  return overMaps([map], ([one = {}]) => {
    const member = memberOf(one, name);
    return member === undefined ? (otherwise ?? invalid(`the map has no ${name}`)) : member;
  });
}

function transposed(map: Readonly<Record<string, Value>>): Value {
  const turned = new Map<string, Value[]>();
  for (const [key, list] of Object.entries(map)) {
    if (!isList(list)) return asUnknown(list);
    for (const item of list) {
      const name = textOf(item);
      if (name === undefined) return asUnknown(item);
      turned.set(name, [...(turned.get(name) ?? []), key]);
    }
  }
  return mapOf([...turned].toSorted(([a], [b]) => compare(a, b)));
}
