import type { HclAttribute, HclBlock } from '../../../model/document.ts';
import type { At } from '../../../model/origin.ts';
import { evaluate } from './expression.ts';
import type { Folder } from './folder.ts';
import type { Scope } from './scope.ts';
import { convert } from './types.ts';
import { sameValue, Unknown, type Value } from './value.ts';

/** The environment that values are chosen for. */
export interface EnvironmentNames {
  readonly name: string;
  readonly kind: string;
}

const ALIASES: Readonly<Record<string, readonly string[]>> = {
  production: ['production', 'prod', 'prd', 'live'],
  staging: ['staging', 'stage', 'stg', 'preprod', 'uat'],
  development: ['development', 'dev'],
};

/** The value that a variable of a root has: from files of values, by Terraform's precedence, or its default. */
export function rootVariable(
  folder: Folder,
  name: string,
  names: EnvironmentNames,
  scope: Scope,
): At<Value> | undefined {
  const files = folder.values.filter(({ attributes }) => Object.hasOwn(attributes, name));
  const chosen = files.filter((file) => isFor(folder.path, file.origin.path, names));
  const automatic = files
    .filter(({ module, origin }) => module === folder.path && isAutomatic(origin.path))
    .toSorted(byPrecedence);
  const last = chosen.at(-1) ?? automatic.at(-1);
  const value = (block: HclBlock | undefined): At<Value> | undefined =>
    block === undefined ? undefined : at(block.attributes[name], scope);
  if (last !== undefined) return value(last);
  const others = files.map(value).filter((found) => found !== undefined);
  const [one] = others;
  if (one === undefined) return undefined;
  if (others.every((other) => sameValue(other.value, one.value) === true)) return one;
  const paths = files.map(({ origin }) => origin.path).join(', ');
  return { value: new Unknown(`var.${name} differs between ${paths}`), origin: one.origin };
}

function at(attribute: HclAttribute | undefined, scope: Scope): At<Value> | undefined {
  if (attribute === undefined) return undefined;
  return { value: evaluate(attribute.expression, scope), origin: attribute.origin };
}

/** What a variable holds once given, with its type applied and its default where nothing is given. */
export function variableValue(block: HclBlock, given: At<Value> | undefined, scope: Scope): At<Value> {
  const { type, default: otherwise, nullable } = block.attributes;
  const usesDefault = given === undefined || (given.value === null && nullable?.literal === false);
  const chosen = usesDefault ? at(otherwise, scope) : given;
  if (chosen === undefined) {
    const because = `var.${block.labels[0] ?? ''} has no default and is set by no file here`;
    return { value: new Unknown(because), origin: block.origin };
  }
  if (type === undefined) return chosen;
  return { ...chosen, value: convert(chosen.value, type.expression, (expression) => evaluate(expression, scope)) };
}

function isAutomatic(path: string): boolean {
  return /(?:^|\/)terraform\.tfvars(?:\.json)?$|\.auto\.tfvars(?:\.json)?$/.test(path);
}

/** `terraform.tfvars` first, then the others by name; the last one counts. */
function byPrecedence(a: HclBlock, b: HclBlock): number {
  const rank = ({ origin: { path } }: HclBlock): string =>
    `${/(?:^|\/)terraform\.tfvars(?:\.json)?$/.test(path) ? 0 : 1}${path}`;
  return rank(a) < rank(b) ? -1 : 1;
}

/** `prod.tfvars` and `env/production/values.tfvars` below the root are for production; what Terraform takes by itself is for all. */
function isFor(root: string, path: string, { name, kind }: EnvironmentNames): boolean {
  const below = root === '.' ? path : path.slice(root.length + 1);
  if (isAutomatic(path) && !below.includes('/')) return false;
  const wanted = new Set([name, kind, ...(ALIASES[name] ?? ALIASES[kind] ?? [])].map((word) => word.toLowerCase()));
  const words = below
    .toLowerCase()
    .replace(/\.tfvars(?:\.json)?$/, '')
    .split(/[./_-]/);
  return words.some((word) => wanted.has(word));
}
