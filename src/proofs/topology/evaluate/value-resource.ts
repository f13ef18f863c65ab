import type { HclAttribute, HclBlock } from '../../../model/document.ts';
import type { At, Origin } from '../../../model/origin.ts';
import { MapBody, type Body } from './body.ts';
import type { Resource } from './configuration.ts';
import { isList, Reference, whyUnknown, type Value, type ValueMap } from './value.ts';

/** A resource that is known by its values alone: from a plan, or made by a module whose sources are not here. */
export class ValueResource implements Resource {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly module: string;
  readonly provider: string;
  readonly origin: Origin;
  readonly #body: MapBody;

  constructor(
    { address, mode, type, name, provider }: Pick<Resource, 'address' | 'mode' | 'type' | 'name' | 'provider'>,
    values: ValueMap,
    origin: Origin,
  ) {
    this.address = address;
    this.mode = mode;
    this.type = type;
    this.name = name;
    this.module = /^((?:module\.[^.[]+(?:\[[^\]]*\])?\.?)*)/.exec(address)?.[1]?.replace(/\.$/, '') ?? '';
    this.provider = provider;
    this.origin = origin;
    this.#body = new MapBody(values, origin);
  }

  attribute(name: string): At<Value> | undefined {
    return this.#body.attribute(name);
  }

  blocks(type: string): readonly Body[] {
    return this.#body.blocks(type);
  }

  open(type: string): string | undefined {
    return this.#body.open(type);
  }

  names(): readonly string[] {
    return this.#body.names();
  }

  asBlock(): HclBlock {
    const suffix = /\[[^\]]*\]$/.exec(this.address)?.[0] ?? '';
    const type = this.mode === 'data' ? 'data' : 'resource';
    return {
      ...blockOf(type, this.#body, this.origin),
      labels: [this.type, `${this.name}${suffix}`],
      address: this.address,
    };
  }
}

function blockOf(type: string, body: Body, origin: Origin): HclBlock {
  const names = body.names();
  const attributes = names.flatMap((name): [string, HclAttribute][] => {
    const value = body.attribute(name)?.value;
    return value === undefined ? [] : [[name, attributeOf(value, origin)]];
  });
  const blocks = names.flatMap((name) => body.blocks(name).map((inner) => blockOf(name, inner, origin)));
  return { type, labels: [], attributes: Object.fromEntries(attributes), blocks, module: '', origin };
}

function attributeOf(value: Value, origin: Origin): HclAttribute {
  const isKnown = whyUnknown(value) === undefined;
  const named = (isList(value) ? value : [value]).flatMap((one) => (one instanceof Reference ? [one.address] : []));
  return {
    text: isKnown ? JSON.stringify(value) : (whyUnknown(value) ?? ''),
    expression: { kind: 'literal', value: null },
    origin,
    ...(isKnown ? { literal: value } : {}),
    ...(named.length === 0 ? {} : { refersTo: named }),
  };
}
