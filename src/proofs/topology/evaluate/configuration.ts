import type { HclBlock } from '../../../model/document.ts';
import type { At, Origin } from '../../../model/origin.ts';
import { BlockBody, type Body } from './body.ts';
import { foldersOf, localFolder, type Folder } from './folder.ts';
import { ModuleInstance, type Instance } from './module.ts';
import type { UnreadModule } from './unread.ts';
import { isList, Reference, type Value } from './value.ts';
import type { EnvironmentNames } from './variables.ts';
import { World } from './world.ts';

/** A resource or data source as Terraform would make it. */
export interface Resource extends Body {
  /** `module.network.aws_subnet.data["eu-central-1a"]`; with `[*]` where its instances cannot be counted. */
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  /** Address of the module it lies in; empty for the root. */
  readonly module: string;
  /** The root's name of its provider: `aws`, `aws.replica`. */
  readonly provider: string;
  /** Why it cannot be told how many there are, or whether there is one. */
  readonly uncertain?: string;
  /** Itself as a block of source with values in place of expressions. */
  asBlock(): HclBlock;
}

/** Everything that one root of Terraform makes. */
export interface Configuration {
  /** Folder of the root, or the file of a plan. */
  readonly root: string;
  readonly resources: readonly Resource[];
  readonly unread: readonly Pick<UnreadModule, 'address' | 'source' | 'version' | 'inputs' | 'origin'>[];
  /** Settings of providers, by `aws` and `aws.replica`. */
  readonly providers: ReadonlyMap<string, Body>;
  /** The root's `terraform` blocks. */
  readonly settings: readonly Body[];
  of(type: string): readonly Resource[];
  /** The resources that a value names: by reference to it, or to one of its attributes. */
  named(value: Value): readonly Resource[];
}

/** Evaluates every root among the blocks: folders that no other one calls, or that have a backend. Pure; its cost is bounded. */
export function evaluateRoots(blocks: readonly HclBlock[], environment: EnvironmentNames): Configuration[] {
  const folders = foldersOf(blocks);
  const called = new Set([...folders.values()].flatMap((folder) => callsOf(folder)));
  return [...folders.values()]
    .filter((folder) => isRoot(folder, called))
    .map((folder) => evaluateRoot(folder, withValues(folder, folders), environment));
}

function callsOf(folder: Folder): string[] {
  return [...folder.calls.values()].flatMap(({ attributes }) => {
    const path = localFolder(folder.path, attributes['source']?.literal);
    return path === undefined || path === folder.path ? [] : [path];
  });
}

function isRoot(folder: Folder, called: ReadonlySet<string>): boolean {
  const states = folder.resources.size + folder.calls.size + folder.settings.length + folder.providers.length > 0;
  const stores = folder.settings.some(({ blocks }) =>
    blocks.some(({ type }) => type === 'backend' || type === 'cloud'),
  );
  return states && (stores || !called.has(folder.path));
}

/** Files of values may lie in folders below the root, which hold nothing else. */
function withValues(root: Folder, folders: ReadonlyMap<string, Folder>): ReadonlyMap<string, Folder> {
  const prefix = root.path === '.' ? '' : `${root.path}/`;
  const below = [...folders.values()].filter(
    ({ path, values, resources, calls }) =>
      path !== root.path && path.startsWith(prefix) && values.length > 0 && resources.size + calls.size === 0,
  );
  if (below.length === 0) return folders;
  return new Map([
    ...folders,
    [root.path, { ...root, values: [...root.values, ...below.flatMap(({ values }) => values)] }],
  ]);
}

function evaluateRoot(
  folder: Folder,
  folders: ReadonlyMap<string, Folder>,
  environment: EnvironmentNames,
): Configuration {
  const world = new World(folders, environment);
  const root = new ModuleInstance(world, folders.get(folder.path) ?? folder);
  const resources: Resource[] = [];
  const queue = [root];
  for (const module of queue) {
    for (const name of module.folder.resources.keys())
      for (const instance of module.instances(name)) resources.push(new SourceResource(instance, module));
    queue.push(...module.children());
  }
  const providers = new Map(
    folder.providers.map((block) => {
      const alias = block.attributes['alias']?.literal;
      const name = block.labels[0] ?? '';
      return [typeof alias === 'string' ? `${name}.${alias}` : name, new BlockBody(block, root.scope)] as const;
    }),
  );
  const settings = folder.settings.map((block) => new BlockBody(block, root.scope));
  resources.push(...world.recognised);
  return configurationOf({ root: folder.path, resources, unread: [...world.unread.values()], providers, settings });
}

/** Adds the lookups to what was found. */
export function configurationOf(
  found: Pick<Configuration, 'root' | 'resources' | 'unread' | 'providers' | 'settings'>,
): Configuration {
  const byType = Map.groupBy(found.resources, ({ type }) => type);
  const byAddress = new Map(found.resources.map((resource) => [resource.address, resource]));
  const named = (value: Value): readonly Resource[] => {
    if (isList(value)) return value.flatMap(named);
    if (!(value instanceof Reference)) return [];
    const resource = byAddress.get(value.address);
    return resource === undefined ? [] : [resource];
  };
  return { ...found, named, of: (type) => byType.get(type) ?? [] };
}

class SourceResource implements Resource {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly module: string;
  readonly provider: string;
  readonly uncertain?: string;
  readonly #body: BlockBody;

  constructor({ address, block, body, uncertain }: Instance, module: ModuleInstance) {
    this.address = address;
    this.mode = block.type === 'data' ? 'data' : 'managed';
    this.type = block.labels[0] ?? '';
    this.name = block.labels[1] ?? '';
    this.module = module.address;
    this.provider = module.provider(block);
    if (uncertain !== undefined) this.uncertain = uncertain;
    this.#body = body;
  }

  get origin(): Origin {
    return this.#body.origin;
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
    const block = this.#body.asBlock();
    const suffix = /(?:\[\d+\]|\["(?:[^"\\]|\\.)*"\])$/.exec(this.address)?.[0] ?? '';
    return { ...block, labels: [this.type, `${this.name}${suffix}`], address: this.address };
  }
}
