import type { HclBlock } from '../../../model/document.ts';
import { evaluate } from './expression.ts';
import { numberOf } from './operators.ts';
import { Namespace, type Operand, type Scope } from './scope.ts';
import { isList, isMap, mapOf, textOf, Unknown, whyUnknown, type Value } from './value.ts';

/** The instances that `count` or `for_each` makes of a block. */
export interface Expansion {
  readonly kind?: 'one' | 'count' | 'each';
  readonly elements: readonly Element[];
  /** Why their number is not known; there is then one element that stands for any of them. */
  readonly uncertain?: string;
}

interface Element {
  /** `["eu-central-1a"]`, `[0]`, `[*]` or nothing, at the end of its address. */
  readonly suffix: string;
  readonly key?: string | number;
  /** What `each` and `count` mean in it. */
  readonly names: Readonly<Record<string, Operand>>;
}

/** Instances of one block; more are taken as not known. */
const MAX_INSTANCES = 5000;

export function expand(block: HclBlock, scope: Scope): Expansion {
  const { for_each: each, count } = block.attributes;
  if (each !== undefined) return expandEach(evaluate(each.expression, scope));
  if (count !== undefined) return expandCount(evaluate(count.expression, scope));
  return { kind: 'one', elements: [{ suffix: '', names: {} }] };
}

function expandCount(value: Value): Expansion {
  const number = value === true || value === false ? Number(value) : numberOf(value);
  if (number === undefined || number > MAX_INSTANCES) return open('count', whyUnknown(value) ?? 'it is too large');
  const elements = Array.from({ length: Math.max(0, Math.floor(number)) }, (_, index) => ({
    suffix: `[${index}]`,
    key: index,
    names: { count: mapOf([['index', index]]) },
  }));
  return { kind: 'count', elements };
}

function expandEach(value: Value): Expansion {
  if (isList(value)) {
    const texts = value.map(textOf);
    const without = texts.indexOf(undefined);
    if (without !== -1) return open('for_each', whyUnknown(value[without] ?? null) ?? 'an element is no text');
    return eachOf([...new Set(texts as string[])].sort().map((key) => [key, key]));
  }
  if (isMap(value))
    return eachOf(
      Object.keys(value)
        .sort()
        .map((key) => [key, value[key] ?? null]),
    );
  return open('for_each', whyUnknown(value) ?? 'it is neither a map nor a set');
}

function eachOf(members: readonly (readonly [string, Value])[]): Expansion {
  if (members.length > MAX_INSTANCES) return open('for_each', `it has more than ${MAX_INSTANCES} elements`);
  const elements = members.map(([key, value]) => ({
    suffix: `[${JSON.stringify(key)}]`,
    key,
    names: {
      each: mapOf([
        ['key', key],
        ['value', value],
      ]),
    },
  }));
  return { kind: 'each', elements };
}

function open(by: 'count' | 'for_each', because: string): Expansion {
  const unknown = new Unknown(because);
  const names =
    by === 'count'
      ? { count: mapOf([['index', unknown]]) }
      : {
          each: mapOf([
            ['key', unknown],
            ['value', unknown],
          ]),
        };
  return { elements: [{ suffix: '[*]', names }], uncertain: `${by}: ${because}` };
}

/** What a name with instances stands for: the one, a list, a map, or something whose members nobody can count. */
export function referred(expansion: Expansion, to: (suffix: string) => Operand): Operand {
  const { kind, elements, uncertain } = expansion;
  if (uncertain !== undefined) return new Namespace(() => to('[*]'));
  if (kind === 'one') return to('');
  return new Namespace(
    (key) => {
      const element = elements.find((one) => String(one.key) === key);
      return element === undefined ? new Unknown(`there is no instance ${key}`, { invalid: true }) : to(element.suffix);
    },
    () => elements.map(({ key, suffix }) => [key ?? '', to(suffix)] as const),
  );
}
