/** Whether a value has the types that its readers take for granted. Every object is asked, so nothing is made until something is wrong. */
import { isMapping, MalformedValue } from '../../model/cursor.ts';
import { below, type Origin, type Pointer } from '../../model/origin.ts';

/** What a value has to be where it is there at all; `null` counts as absent, and members that are not listed may be anything. */
export type Shape =
  | keyof typeof SCALARS
  | 'mapping'
  | { readonly list: Shape }
  /** A mapping with keys of its own, such as labels. */
  | { readonly values: Shape }
  | { readonly members: Readonly<Record<string, Shape>> };

const SCALARS = {
  string: { expected: 'a string', fits: (value: unknown) => typeof value === 'string' },
  boolean: { expected: 'true or false', fits: (value: unknown) => typeof value === 'boolean' },
  integer: { expected: 'a whole number', fits: (value: unknown) => Number.isSafeInteger(value) },
  integerOrString: {
    expected: 'a whole number or a string',
    fits: (value: unknown) => typeof value === 'string' || Number.isSafeInteger(value),
  },
} as const;

interface Wrong {
  readonly pointer: Pointer;
  readonly expected: string;
  readonly value: unknown;
}

/** The first value of another type, as the error that reading it throws. */
export function misfit(value: unknown, shape: Shape, origin: Origin): MalformedValue | undefined {
  const wrong = wrongIn(value, shape);
  return wrong && new MalformedValue(below(origin, ...wrong.pointer), wrong.expected, wrong.value);
}

function wrongIn(value: unknown, shape: Shape): Wrong | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof shape === 'object' && 'list' in shape) {
    if (!Array.isArray(value)) return { pointer: [], expected: 'a list', value };
    for (const [index, item] of value.entries()) {
      const wrong = wrongIn(item, shape.list);
      if (wrong !== undefined) return under(index, wrong);
    }
    return undefined;
  }
  if (typeof shape === 'object' || shape === 'mapping') {
    if (!isMapping(value)) return { pointer: [], expected: 'a mapping', value };
    return shape === 'mapping' ? undefined : wrongMember(value, shape);
  }
  const { expected, fits } = SCALARS[shape];
  return fits(value) ? undefined : { pointer: [], expected, value };
}

function wrongMember(
  value: Readonly<Record<string, unknown>>,
  shape: Extract<Shape, { values: Shape } | { members: unknown }>,
): Wrong | undefined {
  const keys = Object.keys('values' in shape ? value : shape.members);
  for (const key of keys) {
    const expected = 'values' in shape ? shape.values : shape.members[key];
    const wrong = expected && Object.hasOwn(value, key) ? wrongIn(value[key], expected) : undefined;
    if (wrong !== undefined) return under(key, wrong);
  }
  return undefined;
}

function under(key: string | number, { pointer, ...wrong }: Wrong): Wrong {
  return { ...wrong, pointer: [key, ...pointer] };
}
