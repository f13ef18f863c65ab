import { asUnknown, invalid, Unknown, whyUnknown, type Value } from '../value.ts';
import { collections } from './collections.ts';
import { network } from './network.ts';
import { conversions, scalars, withheld } from './scalars.ts';
import { lenientStrings, strings } from './strings.ts';
import { regexes } from './regexes.ts';
import type { Functions } from './types.ts';

export { MAX_ITEMS, setOf } from './collections.ts';
export { concatenate } from './strings.ts';

const lenient: Functions = { ...collections, ...conversions, ...lenientStrings, coalesce, coalescelist };
const strict: Functions = { ...strings, ...network, ...scalars, ...regexes };

/**
 * Applies a function of Terraform. An argument that is not known makes most answers unknown; functions of lists and maps look no
 * further than they must. What no function here computes is unknown by name.
 */
export function applyFunction(name: string, args: readonly Value[]): Value {
  const reason = Object.hasOwn(withheld, name) ? withheld[name] : undefined;
  if (reason !== undefined) return new Unknown(`${name}(): ${reason}`);
  if (Object.hasOwn(lenient, name)) return lenient[name]?.(args) ?? null;
  if (!Object.hasOwn(strict, name)) return new Unknown(`the function ${name} is not evaluated`);
  const open = args.find((arg) => whyUnknown(arg) !== undefined);
  return open === undefined ? (strict[name]?.(args) ?? null) : asUnknown(open);
}

function coalesce(args: readonly Value[]): Value {
  for (const arg of args) {
    if (arg === null || arg === '') continue;
    return arg;
  }
  return invalid('coalesce has nothing to choose from');
}

function coalescelist(args: readonly Value[]): Value {
  return (
    args.find((arg) => !(Array.isArray(arg) && arg.length === 0) && arg !== null) ?? invalid('all lists are empty')
  );
}
