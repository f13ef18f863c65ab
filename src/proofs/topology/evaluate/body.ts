import type { HclAttribute, HclBlock } from '../../../model/document.ts';
import type { At, Origin } from '../../../model/origin.ts';
import { evaluate, membersOf } from './expression.ts';
import { bind, type Scope } from './scope.ts';
import { isList, isMap, mapOf, Reference, Unknown, whyUnknown, type Value, type ValueMap } from './value.ts';

/** The attributes and nested blocks of a resource, whether read from source or from a plan. */
export interface Body {
  readonly origin: Origin;
  /** The value of an attribute; `undefined` where it is not set, or set to null. */
  attribute(name: string): At<Value> | undefined;
  /** Its nested blocks of a type, those that `dynamic` makes included, in their order. */
  blocks(type: string): readonly Body[];
  /** Why it cannot be told how many blocks of the type there are; `undefined` where it can. */
  open(type: string): string | undefined;
  /** The names of attributes and types of blocks that it states. */
  names(): readonly string[];
}

/** What Terraform itself reads of a block; it is no part of what is made. */
const META: ReadonlySet<string> = new Set(['count', 'for_each', 'provider', 'providers', 'depends_on', 'lifecycle']);

/** A block of source, each attribute evaluated when it is first asked for. */
export class BlockBody implements Body {
  readonly block: HclBlock;
  readonly #scope: Scope;
  readonly #values = new Map<string, At<Value> | 'evaluating'>();
  #nested: ReadonlyMap<string, Nested> | undefined;

  constructor(block: HclBlock, scope: Scope) {
    this.block = block;
    this.#scope = scope;
  }

  get origin(): Origin {
    return this.block.origin;
  }

  attribute(name: string): At<Value> | undefined {
    const attribute = Object.hasOwn(this.block.attributes, name) ? this.block.attributes[name] : undefined;
    if (attribute === undefined) return undefined;
    const found = this.#evaluated(name, attribute);
    return found.value === null ? undefined : found;
  }

  #evaluated(name: string, attribute: HclAttribute): At<Value> {
    const known = this.#values.get(name);
    if (known === 'evaluating') return { value: new Unknown(`${name} refers to itself`), origin: attribute.origin };
    if (known !== undefined) return known;
    this.#values.set(name, 'evaluating');
    const { expression } = attribute;
    const origin = this.#scope.stated(expression) ?? attribute.origin;
    const found = { value: evaluate(expression, this.#scope), origin };
    this.#values.set(name, found);
    return found;
  }

  blocks(type: string): readonly Body[] {
    const found = this.#all().get(type);
    if (found !== undefined) return found.bodies;
    const value = this.attribute(type);
    if (value === undefined) return [];
    const items = isList(value.value) ? value.value : [value.value];
    return items.flatMap((item) => (isMap(item) ? [new MapBody(item, value.origin)] : []));
  }

  open(type: string): string | undefined {
    const found = this.#all().get(type);
    if (found !== undefined) return found.open;
    const value = this.attribute(type)?.value;
    return value instanceof Unknown ? value.because : undefined;
  }

  names(): readonly string[] {
    const all = new Set([...Object.keys(this.block.attributes), ...this.#all().keys()]);
    return [...all].filter((name) => !META.has(name));
  }

  /** Itself as a block of source whose attributes hold their values and whose dynamic blocks are expanded. */
  asBlock(): HclBlock {
    const attributes = Object.entries(this.block.attributes).map(
      ([name, attribute]) => [name, evaluated(attribute, this.#evaluated(name, attribute))] as const,
    );
    const blocks = [...this.#all()].flatMap(([type, { bodies, open }]) => [
      ...bodies.map((body) => ({ ...body.asBlock(), type })),
      ...(open === undefined ? [] : this.block.blocks.filter((child) => isDynamic(child, type))),
    ]);
    return { ...this.block, attributes: Object.fromEntries(attributes), blocks };
  }

  #all(): ReadonlyMap<string, Nested> {
    this.#nested ??= nestedOf(this.block, this.#scope);
    return this.#nested;
  }
}

interface Nested {
  readonly bodies: BlockBody[];
  open?: string;
}

function evaluated({ text, expression }: HclAttribute, { value, origin }: At<Value>): HclAttribute {
  const known = whyUnknown(value) === undefined ? { literal: value } : {};
  const refersTo = namesIn(value);
  return { text, ...known, expression, origin, ...(refersTo.length === 0 ? {} : { refersTo }) };
}

function namesIn(value: Value): string[] {
  if (value instanceof Reference) return [value.address];
  if (isList(value)) return value.flatMap(namesIn);
  return isMap(value) ? Object.values(value).flatMap(namesIn) : [];
}

function isDynamic(block: HclBlock, type: string): boolean {
  return block.type === 'dynamic' && block.labels[0] === type;
}

function nestedOf(block: HclBlock, scope: Scope): ReadonlyMap<string, Nested> {
  const byType = new Map<string, Nested>();
  const of = (type: string): Nested => {
    const found = byType.get(type) ?? { bodies: [] };
    byType.set(type, found);
    return found;
  };
  for (const child of block.blocks) {
    if (child.type === 'dynamic' && child.labels[0] !== undefined)
      addDynamic(child, child.labels[0], of(child.labels[0]), scope);
    else of(child.type).bodies.push(new BlockBody(child, scope));
  }
  return byType;
}

function addDynamic(block: HclBlock, type: string, into: Nested, scope: Scope): void {
  const each = block.attributes['for_each'];
  const content = block.blocks.find((child) => child.type === 'content');
  if (each === undefined || content === undefined) return;
  const members = membersOf(evaluate(each.expression, scope));
  if (members instanceof Unknown) {
    into.open = `dynamic ${type}: ${members.because}`;
    return;
  }
  // A bare word, which the syntax in JSON can only give in quotes.
  const { literal, text = type } = block.attributes['iterator'] ?? {};
  const iterator = typeof literal === 'string' ? literal : text;
  for (const [key, value] of members) {
    const element = mapOf([
      ['key', key],
      ['value', value as Value],
    ]);
    into.bodies.push(new BlockBody(content, bind(scope, { [iterator]: element }, scope.stated(each.expression))));
  }
}

/** A map that stands for a block, as in `ingress = [{ … }]` and in plans. */
export class MapBody implements Body {
  readonly origin: Origin;
  readonly #map: ValueMap;

  constructor(map: ValueMap, origin: Origin) {
    this.#map = map;
    this.origin = origin;
  }

  attribute(name: string): At<Value> | undefined {
    const value = Object.hasOwn(this.#map, name) ? this.#map[name] : undefined;
    return value === undefined || value === null ? undefined : { value, origin: this.origin };
  }

  blocks(type: string): readonly Body[] {
    const value = this.attribute(type)?.value;
    if (value === undefined) return [];
    return (isList(value) ? value : [value]).flatMap((item) => (isMap(item) ? [new MapBody(item, this.origin)] : []));
  }

  open(type: string): string | undefined {
    const value = this.attribute(type)?.value;
    return value instanceof Unknown ? value.because : undefined;
  }

  names(): readonly string[] {
    return Object.keys(this.#map);
  }
}

/** A body as the map that references to it see. */
export function valueOf(body: Body): ValueMap {
  return mapOf(
    body.names().flatMap((name): [string, Value][] => {
      const nested = body.blocks(name);
      const value = body.attribute(name)?.value;
      if (value !== undefined && nested.length === 0) return [[name, value]];
      return [[name, nested.map(valueOf)]];
    }),
  );
}
