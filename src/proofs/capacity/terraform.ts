import type { HclAttribute, HclBlock } from '../../model/document.ts';
import { isMapping } from '../../model/cursor.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';

/** A resource of Terraform, once for each key that a `for_each` over a known map gives it. */
export interface Resource {
  /** `aws_eks_node_group.this["general"]`. */
  readonly address: string;
  readonly block: HclBlock;
  readonly each?: { readonly key: string; readonly value: unknown };
}

/**
 * The resources of a type, `for_each` over maps and sets that are written out taken apart. One whose `for_each` or `count` cannot be
 * worked out stays one, with its own values unknown.
 */
export function resources(view: PlatformView, type: string): Resource[] {
  return view.terraform('resource', type).flatMap((block) => {
    const address = block.labels.join('.');
    const over = valueOf(view, { address, block }, block.attributes['for_each']);
    if (Array.isArray(over))
      return over.map((key) => ({ address: `${address}["${key}"]`, block, each: { key: String(key), value: key } }));
    if (!isMapping(over)) return [{ address, block }];
    return Object.entries(over).map(([key, value]) => ({
      address: `${address}["${key}"]`,
      block,
      each: { key, value },
    }));
  });
}

/** An attribute of a resource and where it stands; `undefined` where it is not there or would have to be computed. */
export function attributeOf(
  view: PlatformView,
  resource: Resource,
  name: string,
): { value: unknown; origin: Origin } | undefined {
  const attribute = resource.block.attributes[name];
  const value = valueOf(view, resource, attribute);
  return value === undefined || value === null || attribute === undefined
    ? undefined
    : { value, origin: attribute.origin };
}

/**
 * What an expression comes to: a literal; `var.x`, `local.x` and `each.value.x` where what they name is written out, the variable of
 * a module by the one call of it, else by its default. Anything else is unknown.
 */
export function valueOf(
  view: PlatformView,
  { block, each }: Resource,
  attribute: Pick<HclAttribute, 'text' | 'literal'> | undefined,
): unknown {
  if (attribute === undefined) return undefined;
  if (attribute.literal !== undefined) return attribute.literal;
  const text = attribute.text.trim().replace(/^toset\((.*)\)$/s, '$1');
  if (/^\[\s*(?:"[^"$]*"\s*,?\s*)*\]$/.test(text)) return [...text.matchAll(/"([^"]*)"/g)].map(([, item]) => item);
  const path = /^(var|local|each)((?:\.[A-Za-z_][\w-]*)+)$/.exec(text);
  if (path === null) return undefined;
  const [first = '', ...rest] = (path[2] ?? '').slice(1).split('.');
  if (path[1] === 'each') return first === 'key' ? each?.key : dig(each?.value, rest);
  return dig(path[1] === 'local' ? localOf(view, block.module, first) : variableOf(view, block.module, first), rest);
}

function dig(value: unknown, path: readonly string[]): unknown {
  return path.reduce((at: unknown, key) => (isMapping(at) ? at[key] : undefined), value);
}

function localOf(view: PlatformView, module: string, name: string): unknown {
  const found = view
    .terraform('locals')
    .find((block) => block.module === module && block.attributes[name] !== undefined);
  return found?.attributes[name]?.literal;
}

function variableOf(view: PlatformView, module: string, name: string): unknown {
  const calls = view.terraform('module').filter((call) => moduleOf(call) === module);
  const given = calls.flatMap((call) => call.attributes[name] ?? []);
  if (given.length === 1 && calls.length === 1) {
    const [call] = calls;
    return call === undefined ? undefined : valueOf(view, { address: '', block: call }, given[0]);
  }
  if (given.length > 0) return undefined;
  return view.terraform('variable', name).find((block) => block.module === module)?.attributes['default']?.literal;
}

/** Folder of the module that a call with a relative source means. */
function moduleOf(call: HclBlock): string | undefined {
  const source = call.attributes['source']?.literal;
  if (typeof source !== 'string' || !/^\.\.?\//.test(source)) return undefined;
  const parts: string[] = [];
  for (const part of `${call.module}/${source}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** Whether a resource is the store: named by `managed`, in a module that `managed` names, or of its name. */
export function isStore(view: PlatformView, resource: Resource, store: StoreSpec): boolean {
  const { block, address } = resource;
  const managed = store.managed ?? '';
  if (managed === address || managed === block.labels.join('.')) return true;
  if (block.module !== '' && managed.split(/[\s,;()]+/).includes(block.module)) return true;
  const names = [
    block.labels[1]?.replaceAll('_', '-'),
    resource.each?.key,
    attributeOf(view, resource, 'identifier')?.value,
  ];
  return names.includes(store.name);
}
