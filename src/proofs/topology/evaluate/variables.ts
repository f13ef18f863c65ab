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
  staging: ['staging', 'stage', 'stg', 'preprod', 'preproduction', 'uat'],
  development: ['development', 'dev', 'sandbox'],
  ci: ['ci', 'qa', 'test'],
  other: ['nonprod', 'noprod', 'notprod', 'nonproduction'],
};

/**
 * The value that a variable of a root has: from files of values, by Terraform's precedence, or its default. Where several files are for the
 * environment (`prod-eu.tfvars` and `prod-us.tfvars`) they must agree: which one is given, or which last, is not written down.
 */
export function rootVariable(
  folder: Folder,
  name: string,
  names: EnvironmentNames,
  scope: Scope,
): At<Value> | undefined {
  const files = folder.values.filter(({ attributes }) => Object.hasOwn(attributes, name));
  const [automatic, given] = partition(
    files,
    ({ module, origin }) => module === folder.path && isAutomatic(origin.path),
  );
  const chosen = filesFor(folder.path, given, names);
  const last = automatic.toSorted(byPrecedence).slice(-1);
  const candidates = [chosen, last, filesForAny(folder.path, given)].find((some) => some.length > 0) ?? [];
  const values = candidates.flatMap((file) => at(file.attributes[name], scope) ?? []);
  const [one] = values;
  if (one === undefined) return given.length === 0 ? undefined : ofOthers(folder, name, given);
  if (values.every((other) => other === one || sameValue(other.value, one.value) === true)) return one;
  const paths = candidates.map(({ origin }) => origin.path).join(', ');
  return { value: new Unknown(`var.${name} differs between ${paths}`), origin: one.origin };
}

/** A variable that files set for other environments only: its default holds, and without one nobody here knows. */
function ofOthers(folder: Folder, name: string, files: readonly HclBlock[]): At<Value> | undefined {
  const block = folder.variables.get(name);
  if (block === undefined || block.attributes['default'] !== undefined) return undefined;
  const paths = files.map(({ origin }) => origin.path).join(', ');
  return { value: new Unknown(`var.${name} is set for other environments alone: ${paths}`), origin: block.origin };
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
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

/** Files that bear the environment's own name (`prod-eu.tfvars`) or, without one, a word for it: `env/prod/values.tfvars`. */
function filesFor(root: string, files: readonly HclBlock[], { name, kind }: EnvironmentNames): readonly HclBlock[] {
  const own = files.filter(bears(root, [name]));
  return own.length > 0 ? own : files.filter(bears(root, [kind, ...(ALIASES[name] ?? ALIASES[kind] ?? [])]));
}

/** Files that name no environment: whichever it is, they may be given. */
function filesForAny(root: string, files: readonly HclBlock[]): readonly HclBlock[] {
  const isForOne = bears(root, Object.values(ALIASES).flat());
  return files.filter((file) => !isForOne(file));
}

function bears(root: string, words: readonly string[]): (file: HclBlock) => boolean {
  const wanted = words.map((word) => dashed(word));
  return ({ origin: { path } }) => {
    const name = dashed(root === '.' ? path : path.slice(root.length + 1));
    return wanted.some((word) => name.includes(word));
  };
}

/** `-env-nonprod-eu-tfvars-` of `env/non-prod/eu.tfvars`: what is not quite production is one word, and another one. */
function dashed(text: string): string {
  const words = text
    .toLowerCase()
    .split(/[./_-]/)
    .join('-');
  return `-${words}-`.replaceAll(/-(pre|non?|not)-(?=prod)/g, '-$1');
}
