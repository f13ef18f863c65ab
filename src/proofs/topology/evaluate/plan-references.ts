import { isMapping } from '../../../model/cursor.ts';
import { isList, Reference, type Value } from './value.ts';

type Data = Readonly<Record<string, unknown>>;

/** Names that lead on to names: no chain in a real plan is as long. */
const MAX_STEPS = 40;

/** The `configuration` part of a plan: which names the expressions of resources refer to, followed through modules. */
export class PlanReferences {
  readonly #root: Data;
  /** Addresses of instances, by the address without their key. */
  readonly #instances: ReadonlyMap<string, readonly string[]>;

  /** `planned`: the addresses of all resources of the plan, keys included. */
  constructor(root: Data, planned: readonly string[]) {
    this.#root = root;
    this.#instances = Map.groupBy(planned, (address) => address.replace(/\[[^\]]*\]$/, ''));
  }

  /** The expressions of a resource, by attribute. */
  expressionsOf(address: string): unknown {
    const { modules, rest } = split(address);
    const found = this.#resource(this.#module(modules), rest.replace(/\[.*$/, ''));
    return found?.['expressions'];
  }

  /** What the first of some names refers to, as it is meant in the module of a resource; `undefined` where it leads to no resource. */
  resolve(names: readonly string[], address: string): Value | undefined {
    const { prefix, modules, rest } = split(address);
    const key = /\[.*\]$/.exec(rest)?.[0] ?? '';
    const [name] = names;
    return name === undefined ? undefined : this.#follow(name, { prefix, modules, rest, key }, 0);
  }

  #follow(name: string, from: Place, steps: number): Value | undefined {
    if (steps > MAX_STEPS) return undefined;
    const parts = name.split(/\.(?![^[]*\])/);
    const onward = (expression: unknown, place: Place): Value | undefined => {
      const names = isMapping(expression) && Array.isArray(expression['references']) ? expression['references'] : [];
      const [first] = names.filter((one): one is string => typeof one === 'string');
      return first === undefined ? undefined : this.#follow(first, place, steps + 1);
    };
    if (parts[0] === 'local' || parts[0] === 'count' || parts[0] === 'path' || parts[0] === 'terraform')
      return undefined;
    if (parts[0] === 'each') {
      const own = this.#resource(this.#module(from.modules), from.rest.replace(/\[.*$/, ''));
      const over = onward(own?.['for_each_expression'], from);
      const listed = over !== undefined && isList(over) ? over : [];
      const element = listed.find((one) => one instanceof Reference && one.address.endsWith(from.key));
      return element instanceof Reference ? new Reference(element.address, parts.slice(2)) : undefined;
    }
    if (parts[0] === 'var') {
      const outer = outside(from);
      const call =
        outer === undefined ? undefined : at(this.#module(outer.modules), 'module_calls', from.modules.at(-1) ?? '');
      return outer === undefined ? undefined : onward(at(call, 'expressions', parts[1] ?? ''), outer);
    }
    if (parts[0] === 'module') return this.#output(parts, from, onward);
    const length = parts[0] === 'data' ? 3 : 2;
    const address = `${from.prefix}${parts.slice(0, length).join('.')}`;
    const instances = (this.#instances.get(address) ?? []).filter((one) => one !== address);
    if (instances.length === 0) return new Reference(address, parts.slice(length));
    return instances.map((one) => new Reference(one, parts.slice(length)));
  }

  #output(
    parts: readonly string[],
    from: Place,
    onward: (expression: unknown, place: Place) => Value | undefined,
  ): Value | undefined {
    const called = parts[1] ?? '';
    const name = called.replace(/\[.*$/, '');
    const place = { prefix: `${from.prefix}module.${called}.`, modules: [...from.modules, name], rest: '', key: '' };
    return onward(at(this.#module(place.modules), 'outputs', parts[2] ?? '', 'expression'), place);
  }

  #module(names: readonly string[]): unknown {
    return names.reduce((module: unknown, name) => at(module, 'module_calls', name, 'module'), this.#root);
  }

  #resource(module: unknown, address: string): Data | undefined {
    const listed = at(module, 'resources');
    return Array.isArray(listed) ? listed.find((one) => isMapping(one) && one['address'] === address) : undefined;
  }
}

interface Place {
  /** `module.network.`, with keys. */
  readonly prefix: string;
  /** Names of the modules it lies in, without keys. */
  readonly modules: readonly string[];
  readonly rest: string;
  readonly key: string;
}

function outside({ prefix, modules }: Place): Place | undefined {
  if (modules.length === 0) return undefined;
  const shorter = prefix.replace(/module\.[^.[]+(?:\[[^\]]*\])?\.$/, '');
  return { prefix: shorter, modules: modules.slice(0, -1), rest: '', key: '' };
}

function split(address: string): Pick<Place, 'prefix' | 'modules' | 'rest'> {
  const prefix = /^(?:module\.[^.[]+(?:\[[^\]]*\])?\.)*/.exec(address)?.[0] ?? '';
  const modules = [...prefix.matchAll(/module\.([^.[]+)/g)].map((match) => match[1] ?? '');
  return { prefix, modules, rest: address.slice(prefix.length) };
}

function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce(
    (found: unknown, key) => (isMapping(found) && Object.hasOwn(found, key) ? found[key] : undefined),
    value,
  );
}
