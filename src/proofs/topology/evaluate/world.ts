import { valueOf } from './body.ts';
import type { Folder } from './folder.ts';
import type { Instance } from './module.ts';
import type { UnreadModule } from './unread.ts';
import type { Resource } from './configuration.ts';
import { recogniseVpc } from './registry-vpc.ts';
import type { Budget } from './scope.ts';
import { Reference, Unknown, type Value, type ValueMap } from './value.ts';
import type { EnvironmentNames } from './variables.ts';

/** Instances of modules in one root. */
const MAX_MODULES = 2000;

/** What all modules of one root share: the folders, what has been found so far, and how much it may cost. */
export class World {
  readonly folders: ReadonlyMap<string, Folder>;
  readonly environment: EnvironmentNames;
  readonly budget: Budget = { depth: 0, steps: 0 };
  readonly instances = new Map<string, Instance>();
  readonly unread = new Map<string, UnreadModule>();
  /** Resources of modules that are known without their sources. */
  readonly recognised: Resource[] = [];
  #modules = 0;

  constructor(folders: ReadonlyMap<string, Folder>, environment: EnvironmentNames) {
    this.folders = folders;
    this.environment = environment;
  }

  register(instance: Instance): void {
    this.instances.set(instance.address, instance);
  }

  /** A module whose sources are not here: its outputs, where it is one that is known, else nothing but its name. */
  leaveUnread(module: UnreadModule): { readonly outputs?: ValueMap } {
    const recognised = recogniseVpc(module);
    if (recognised === undefined) {
      this.unread.set(module.address, module);
      return {};
    }
    this.recognised.push(...recognised.resources);
    return { outputs: recognised.outputs };
  }

  mayOpen(): boolean {
    this.#modules += 1;
    return this.#modules <= MAX_MODULES;
  }

  /**
   * What `aws_vpc.this.id` is: the value that the configuration states, where it is known; otherwise the reference itself, by which
   * two places that name the same thing can be told to do so.
   */
  step(reference: Reference, key: string | number): Value {
    const { address, path } = reference;
    const further = new Reference(address, [...path, key]);
    const instance = path.length === 0 && typeof key === 'string' ? this.instances.get(address) : undefined;
    if (instance === undefined) return further;
    const name = String(key);
    const stated = instance.body.attribute(name)?.value;
    if (stated instanceof Unknown) return further;
    if (stated !== undefined) return stated;
    const blocks = instance.body.blocks(name);
    return blocks.length === 0 ? further : blocks.map(valueOf);
  }
}
