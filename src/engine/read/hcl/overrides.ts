import type { HclAttribute, HclBlock } from '../../../model/document.ts';
import type { Origin } from '../../../model/origin.ts';
import { refused } from './refused.ts';

/** The blocks of a folder as Terraform takes them, and what of its override files overrides nothing: Terraform refuses that. */
export interface Overridden {
  readonly blocks: readonly HclBlock[];
  readonly astray: readonly { readonly what: string; readonly origin: Origin }[];
}

/** Types whose blocks override the one with the same header. */
const BY_HEADER: ReadonlySet<string> = new Set([
  'resource',
  'data',
  'ephemeral',
  'module',
  'provider',
  'variable',
  'output',
]);

/**
 * Merges override files (`override.tf`, `*_override.tf`, also in JSON and of OpenTofu) into the other files of one folder, by name of file
 * and then by place. Each value keeps the origin of the file that states it.
 * https://developer.hashicorp.com/terraform/language/files/override
 */
export function applyOverrides(all: readonly HclBlock[]): Overridden {
  const { normal = [], overriding = [] } = Object.groupBy(all, (block) =>
    isOverrideFile(block.origin.path) ? 'overriding' : 'normal',
  );
  if (overriding.length === 0) return { blocks: all, astray: [] };
  overriding.sort((a, b) => compare(a.origin.path, b.origin.path));
  const byHeader = mergeByHeader(normal, overriding);
  const locals = mergeLocals(byHeader.blocks, overriding);
  return {
    blocks: mergeSettings(locals.blocks, overriding),
    astray: [...byHeader.astray, ...locals.astray],
  };
}

function isOverrideFile(path: string): boolean {
  return /(?:^|[/_])override\.(?:tf|tofu)(?:\.json)?$/.test(path);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function mergeByHeader(normal: readonly HclBlock[], overriding: readonly HclBlock[]): Overridden {
  const byHeader = Map.groupBy(
    overriding.filter(({ type }) => BY_HEADER.has(type)),
    headerOf,
  );
  const known = new Set(normal.map(headerOf));
  const { alone = [], astray = [] } = Object.groupBy(
    [...byHeader].filter(([header]) => !known.has(header)).flatMap(([, blocks]) => blocks),
    (block) => (mayStandAlone(block) ? 'alone' : 'astray'),
  );
  return {
    blocks: [
      ...normal.map((block) => (byHeader.get(headerOf(block)) ?? []).reduce(overlay, block)),
      ...[...Map.groupBy(alone, headerOf).values()].map((blocks) => blocks.reduce(overlay)),
      ...astray.map(refused),
    ],
    astray: astray.map(({ type, labels, origin }) => ({ what: [type, ...labels].join(' '), origin })),
  };
}

function headerOf({ type, labels, attributes }: HclBlock): string {
  return JSON.stringify([type, ...labels, type === 'provider' ? attributes['alias']?.literal : undefined]);
}

/** A provider that nobody configures has a configuration all the same: an empty one. */
function mayStandAlone({ type, attributes }: HclBlock): boolean {
  return type === 'provider' && attributes['alias'] === undefined;
}

/** A block with the arguments of another in place of its own, and nested blocks of a type replaced as a whole, those of `dynamic` too. */
function overlay(base: HclBlock, over: HclBlock): HclBlock {
  const stated = new Set([...Object.keys(over.attributes), ...over.blocks.map(nestedType)]);
  const lifecycle = base.blocks.find(({ type }) => type === 'lifecycle');
  return {
    ...base,
    attributes: { ...without(base.attributes, stated), ...over.attributes },
    blocks: [
      ...base.blocks.filter((block) => !stated.has(nestedType(block))),
      ...over.blocks.map((block) =>
        block.type === 'lifecycle' && lifecycle !== undefined ? overlay(lifecycle, block) : block,
      ),
    ],
    written: [...(base.written ?? [base]), over],
  };
}

function nestedType({ type, labels }: HclBlock): string {
  return type === 'dynamic' ? (labels[0] ?? type) : type;
}

/** Values of locals are overridden one by one, whichever block states them: each stays in the last block that does. */
function mergeLocals(blocks: readonly HclBlock[], overriding: readonly HclBlock[]): Overridden {
  const overrides = overriding.filter(({ type }) => type === 'locals');
  const declared = new Set(
    blocks.flatMap(({ type, attributes }) => (type === 'locals' ? Object.keys(attributes) : [])),
  );
  const last = new Map(overrides.flatMap((block) => Object.keys(block.attributes).map((name) => [name, block])));
  const strip = (block: HclBlock): HclBlock => {
    const elsewhere = Object.keys(block.attributes).filter((name) => (last.get(name) ?? block) !== block);
    return elsewhere.length === 0 ? block : withoutAttributes(block, new Set(elsewhere));
  };
  const astray = overrides.flatMap(({ attributes }) =>
    Object.entries(attributes).filter(([name]) => !declared.has(name)),
  );
  const undeclared = new Set(astray.map(([name]) => name));
  return {
    blocks: [
      ...blocks.map((block) => (block.type === 'locals' ? strip(block) : block)),
      ...overrides.map((block) => withoutAttributes(strip(block), undeclared)),
    ],
    astray: astray.map(([name, { origin }]) => ({ what: `local.${name}`, origin })),
  };
}

/** A backend or cloud takes the place of any other; all else that `terraform` blocks say stands side by side. */
function mergeSettings(blocks: readonly HclBlock[], overriding: readonly HclBlock[]): readonly HclBlock[] {
  const overrides = overriding.filter(({ type }) => type === 'terraform');
  const last = overrides.findLast((block) => block.blocks.some(isState));
  const strip = (block: HclBlock): HclBlock => {
    if (last === undefined || block === last || block.type !== 'terraform') return block;
    const { attributes, blocks: nested } = block;
    const kept = nested.filter((inner) => !isState(inner));
    return { ...block, attributes: without(attributes, STATE), blocks: kept, written: [block] };
  };
  return [...blocks, ...overrides].map(strip);
}

const STATE: ReadonlySet<string> = new Set(['backend', 'cloud']);

function isState({ type }: HclBlock): boolean {
  return STATE.has(type);
}

function withoutAttributes(block: HclBlock, names: ReadonlySet<string>): HclBlock {
  return { ...block, attributes: without(block.attributes, names), written: block.written ?? [block] };
}

function without(
  attributes: Readonly<Record<string, HclAttribute>>,
  names: ReadonlySet<string>,
): Record<string, HclAttribute> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.has(name)));
}
