import type { HclBlock } from '../../../model/document.ts';
import type { HclExpression } from '../../../model/hcl.ts';
import type { At, Origin } from '../../../model/origin.ts';
import { BlockBody } from './body.ts';
import { evaluate } from './expression.ts';
import { dotted, localFolder, type Folder } from './folder.ts';
import { expand, referred, type Expansion } from './instances.ts';
import { bind, namedBy, Namespace, type Operand, type Scope } from './scope.ts';
import { unread } from './unread.ts';
import { rootVariable, variableValue } from './variables.ts';
import { mapOf, memberOf, Reference, Unknown, type Value, type ValueMap } from './value.ts';
import type { World } from './world.ts';

/** One instance of a resource or data source. */
export interface Instance {
  readonly address: string;
  readonly block: HclBlock;
  readonly body: BlockBody;
  readonly key?: string | number;
  /** Why it cannot be told how many there are, or whether there is one. */
  readonly uncertain?: string;
}

/** What a caller gives to the module it calls. */
interface Given {
  input(name: string): At<Value> | undefined;
  /** The root's name of a provider that the module calls by its own. */
  provider(name: string): string;
}

/** Modules in modules; calls nest no deeper in practice, and a module may call itself. */
const MAX_DEPTH = 16;

/** A folder of Terraform as it is called from one place, with what its names mean there. */
export class ModuleInstance {
  /** Empty for a root; `module.network` or `module.cell["a"].module.cache`. */
  readonly address: string;
  readonly folder: Folder;
  readonly scope: Scope;
  readonly #world: World;
  readonly #given: Given | undefined;
  readonly #depth: number;
  readonly #known = new Map<string, unknown>();

  constructor(world: World, folder: Folder, address = '', given?: Given, depth = 0) {
    this.address = address;
    this.folder = folder;
    this.#world = world;
    this.#given = given;
    this.#depth = depth;
    this.scope = {
      budget: world.budget,
      root: (name) => this.#root(name),
      step: (reference, key) => world.step(reference, key),
      stated: (expression) => this.#stated(expression),
    };
  }

  /** The instances of a resource or data source, by `aws_vpc.this` or `data.aws_region.current`. */
  instances(name: string): readonly Instance[] {
    return this.#once(`instances ${name}`, [], () => {
      const block = this.folder.resources.get(name);
      if (block === undefined) return [];
      const address = this.#within(name);
      const expansion = this.#expansion(`resource ${name}`, block);
      const made = expansion.elements.map(({ suffix, key, names }): Instance => {
        const body = new BlockBody(block, this.#in(block, names));
        const { uncertain } = expansion;
        return {
          address: `${address}${suffix}`,
          block,
          body,
          ...(key === undefined ? {} : { key }),
          ...(uncertain === undefined ? {} : { uncertain }),
        };
      });
      for (const instance of made) this.#world.register(instance);
      return made;
    });
  }

  /** The modules it calls that can be read. */
  children(): readonly ModuleInstance[] {
    return [...this.folder.calls.keys()].flatMap((name) => this.#called(name).flatMap(({ child }) => child ?? []));
  }

  output(name: string): Value {
    return this.#once(`output ${name}`, new Unknown(`output ${name} refers to itself`), () => {
      const value = this.folder.outputs.get(name)?.attributes['value'];
      if (value === undefined) return new Unknown(`${this.address} has no output ${name}`, { invalid: true });
      return evaluate(value.expression, this.scope);
    });
  }

  /** The root's name of the provider that a resource of this module is made by. */
  provider(block: HclBlock): string {
    const named = dotted(block.attributes['provider']?.expression);
    const name = named === '' ? (/^[a-z\d]+/.exec(block.labels[0] ?? '')?.[0] ?? '') : named;
    return this.#given?.provider(name) ?? name;
  }

  /** Where an attribute of a call or a variable comes from, its type applied. */
  variable(name: string): At<Value> {
    const block = this.folder.variables.get(name);
    const cyclic = { value: new Unknown(`var.${name} refers to itself`), origin: { path: this.folder.path } };
    return this.#once(`variable ${name}`, cyclic, () => {
      if (block === undefined) return { ...cyclic, value: new Unknown(`var.${name} is not declared`) };
      const given =
        this.#given === undefined
          ? rootVariable(this.folder, name, this.#world.environment, this.scope)
          : this.#given.input(name);
      return variableValue(block, given, this.scope);
    });
  }

  /** The scope of one instance: `each` holds what its `for_each` was given. */
  #in(block: HclBlock, names: Readonly<Record<string, Operand>>): Scope {
    const each = block.attributes['for_each'];
    return bind(this.scope, names, each === undefined ? undefined : this.#stated(each.expression));
  }

  /** A value that only passes through is stated where the module is called; what the module says itself, defaults included, is its own. */
  #stated(expression: HclExpression): Origin | undefined {
    const [first, name = ''] = this.#behindLocals(expression);
    if (first !== 'var' || this.#given?.input(name) === undefined) return undefined;
    const { origin } = this.variable(name);
    return origin === this.folder.variables.get(name)?.attributes['default']?.origin ? undefined : origin;
  }

  /** What an expression names, less the locals that stand for it. */
  #behindLocals(expression: HclExpression): readonly string[] {
    let words = namedBy(expression);
    for (let hops = 0; hops < MAX_DEPTH && words[0] === 'local'; hops += 1) {
      const local = this.folder.locals.get(words[1] ?? '');
      words = local === undefined ? [] : namedBy(local.expression);
    }
    return words;
  }

  #root(name: string): Operand {
    switch (name) {
      case 'var':
        return new Namespace((key) => this.variable(key).value);
      case 'local':
        return new Namespace((key) => this.#local(key));
      case 'module':
        return new Namespace((key) => this.#call(key));
      case 'data':
        return new Namespace((type) => new Namespace((key) => this.#resource(`data.${type}.${key}`)));
      case 'path':
        return mapOf([
          ['module', this.folder.path],
          ['root', '.'],
          ['cwd', '.'],
        ]);
      case 'each':
      case 'count':
      case 'self':
      case 'terraform':
        return new Namespace((key) => new Unknown(`${name}.${key} is not known here`));
      default:
        return new Namespace((key) => this.#resource(`${name}.${key}`));
    }
  }

  #local(name: string): Value {
    return this.#once(`local ${name}`, new Unknown(`local.${name} refers to itself`), () => {
      const local = this.folder.locals.get(name);
      return local === undefined
        ? new Unknown(`local.${name} is not declared`)
        : evaluate(local.expression, this.scope);
    });
  }

  #resource(name: string): Operand {
    const block = this.folder.resources.get(name);
    if (block === undefined) return new Unknown(`${name} is not declared`);
    const expansion = this.#expansion(`resource ${name}`, block);
    this.instances(name);
    return referred(expansion, (suffix) => new Reference(`${this.#within(name)}${suffix}`));
  }

  #call(name: string): Operand {
    const block = this.folder.calls.get(name);
    if (block === undefined) return new Unknown(`module.${name} is not declared`);
    const called = this.#called(name);
    const outputs = (suffix: string): Operand => {
      const { child, outputs: known } = called.find((one) => one.suffix === suffix) ?? {};
      const address = `${this.#within(`module.${name}`)}${suffix}`;
      if (child === undefined)
        return new Namespace((key) => memberOf(known ?? {}, key) ?? new Reference(address, [key]));
      return new Namespace(
        (key) => child.output(key),
        () => [...child.folder.outputs.keys()].map((key) => [key, child.output(key)] as const),
      );
    };
    return referred(this.#expansion(`module ${name}`, block), outputs);
  }

  /** The instances of a called module; without a child where it is not read. */
  #called(name: string): readonly { suffix: string; child?: ModuleInstance; outputs?: ValueMap }[] {
    return this.#once(`called ${name}`, [], () => {
      const block = this.folder.calls.get(name);
      if (block === undefined) return [];
      const path = localFolder(this.folder.path, block.attributes['source']?.literal);
      const folder = path === undefined ? undefined : this.#world.folders.get(path);
      return this.#expansion(`module ${name}`, block).elements.map(({ suffix, names }) => {
        const address = `${this.#within(`module.${name}`)}${suffix}`;
        const body = new BlockBody(block, this.#in(block, names));
        const provider = this.#providersOf(block);
        if (folder === undefined || this.#depth >= MAX_DEPTH || !this.#world.mayOpen()) {
          return { suffix, ...this.#world.leaveUnread(unread(address, body, provider)) };
        }
        const given: Given = { input: (input) => this.#input(body, input), provider };
        return { suffix, child: new ModuleInstance(this.#world, folder, address, given, this.#depth + 1) };
      });
    });
  }

  /** Null is a value here: it takes the place of a default that may be null. */
  #input(body: BlockBody, name: string): At<Value> | undefined {
    const stated = body.block.attributes[name];
    return stated === undefined ? undefined : (body.attribute(name) ?? { value: null, origin: stated.origin });
  }

  #providersOf(block: HclBlock): (name: string) => string {
    const own = block.attributes['providers']?.expression;
    const outer = (name: string): string => this.#given?.provider(name) ?? name;
    if (own?.kind !== 'object') return outer;
    const passed = new Map(own.items.map(([inner, from]) => [dotted(inner), dotted(from)]));
    return (name) => outer(passed.get(name) ?? name);
  }

  #expansion(what: string, block: HclBlock): Expansion {
    const cyclic: Expansion = { elements: [], uncertain: 'its instances rest on themselves' };
    return this.#once(`expansion ${what}`, cyclic, () => expand(block, this.scope));
  }

  #within(name: string): string {
    return this.address === '' ? name : `${this.address}.${name}`;
  }

  /** Remembers an answer; `cyclic` is the answer while it is being worked out. */
  #once<T>(key: string, cyclic: T, answer: () => T): T {
    if (this.#known.has(key)) return this.#known.get(key) as T;
    this.#known.set(key, cyclic);
    const found = answer();
    this.#known.set(key, found);
    return found;
  }
}
