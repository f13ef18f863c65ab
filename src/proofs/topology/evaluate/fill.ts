import type { HclBlock } from '../../../model/document.ts';
import type { At, Origin } from '../../../model/origin.ts';
import type { Body } from './body.ts';
import { configurationOf, type Configuration, type Resource } from './configuration.ts';
import { isList, isMap, Reference, Unknown, type Value } from './value.ts';

/**
 * Source code and a plan of it, together. The code says what will be; the plan knows values that are given from outside, how many
 * instances there are, and what modules make whose sources are not here. Where both speak, the code counts: a plan may be old.
 */
export function fillFrom(code: Configuration, plan: Configuration): Configuration {
  const planned = new Map(plan.resources.map((resource) => [resource.address, resource]));
  const isUnread = (address: string): boolean => code.unread.some((module) => address.startsWith(`${module.address}.`));
  const resources = code.resources.flatMap((resource): Resource[] => {
    if (resource.uncertain !== undefined) {
      const stem = resource.address.replace(/\[\*\]$/, '');
      return plan.resources.filter(({ address }) => address === stem || address.startsWith(`${stem}[`));
    }
    const twin = planned.get(resource.address);
    return [twin === undefined ? resource : new FilledResource(resource, twin, code)];
  });
  const foreign = plan.resources.filter(({ address }) => isUnread(address));
  const unread = code.unread.filter(
    (module) => !foreign.some(({ address }) => address.startsWith(`${module.address}.`)),
  );
  const providers = new Map([...plan.providers, ...code.providers]);
  return configurationOf({
    root: code.root,
    settings: code.settings,
    providers,
    unread,
    resources: [...resources, ...foreign],
  });
}

/** Whether a plan is of the root: most of what the code makes by name is in it. */
export function isPlanOf(plan: Configuration, code: Configuration): boolean {
  const planned = new Set(plan.resources.map(({ address }) => address));
  const certain = code.resources.filter(({ uncertain, mode }) => uncertain === undefined && mode === 'managed');
  const found = certain.filter(({ address }) => planned.has(address));
  return found.length > 0 && found.length * 2 >= certain.length;
}

class FilledResource implements Resource {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly module: string;
  readonly provider: string;
  readonly origin: Origin;
  readonly #code: Resource;
  readonly #plan: Resource;
  readonly #configuration: Configuration;

  constructor(code: Resource, plan: Resource, configuration: Configuration) {
    this.address = code.address;
    this.mode = code.mode;
    this.type = code.type;
    this.name = code.name;
    this.module = code.module;
    this.provider = code.provider;
    this.origin = code.origin;
    this.#code = code;
    this.#plan = plan;
    this.#configuration = configuration;
  }

  attribute(name: string): At<Value> | undefined {
    const own = this.#code.attribute(name);
    if (own === undefined || !this.#isOpen(own.value)) return own;
    const planned = this.#plan.attribute(name);
    return planned === undefined ? undefined : { value: planned.value, origin: own.origin };
  }

  /** Blocks are sets to most resources, so one that is open cannot be found again in the plan: all of its type are taken from there. */
  blocks(type: string): readonly Body[] {
    const own = this.#code.blocks(type);
    const isWhole = this.#code.open(type) === undefined && !own.some((body) => this.#hasOpen(body, 0));
    return isWhole ? own : this.#plan.blocks(type);
  }

  open(type: string): string | undefined {
    return this.#code.open(type) === undefined ? undefined : this.#plan.open(type);
  }

  names(): readonly string[] {
    return this.#code.names();
  }

  asBlock(): HclBlock {
    const [code, plan] = [this.#code.asBlock(), this.#plan.asBlock()];
    const attributes = Object.entries(code.attributes).map(([name, attribute]) => {
      const isOpen = attribute.literal === undefined && attribute.refersTo === undefined;
      return [name, isOpen ? { ...plan.attributes[name], ...attribute, ...literalOf(plan, name) } : attribute] as const;
    });
    return { ...code, attributes: Object.fromEntries(attributes) };
  }

  #hasOpen(body: Body, depth: number): boolean {
    return body.names().some((name) => {
      const value = body.attribute(name)?.value;
      if (value !== undefined && this.#isOpen(value)) return true;
      return depth < 20 && body.blocks(name).some((inner) => this.#hasOpen(inner, depth + 1));
    });
  }

  /** Not known, or the output of a module that was not read. */
  #isOpen(value: Value): boolean {
    if (value instanceof Unknown) return true;
    if (value instanceof Reference) return this.#configuration.unread.some(({ address }) => address === value.address);
    if (isList(value)) return value.some((item) => this.#isOpen(item));
    return isMap(value) && Object.values(value).some((item) => this.#isOpen(item));
  }
}

function literalOf(plan: HclBlock, name: string): { literal?: unknown } {
  const literal = plan.attributes[name]?.literal;
  return literal === undefined ? {} : { literal };
}
