import type { HclAttribute, HclBlock } from '../../../model/document.ts';
import type { HclExpression } from '../../../model/hcl.ts';

/** What the files of one folder declare, by name. */
export interface Folder {
  readonly path: string;
  /** By `aws_vpc.this` and `data.aws_region.current`. */
  readonly resources: ReadonlyMap<string, HclBlock>;
  readonly calls: ReadonlyMap<string, HclBlock>;
  readonly variables: ReadonlyMap<string, HclBlock>;
  readonly locals: ReadonlyMap<string, HclAttribute>;
  readonly outputs: ReadonlyMap<string, HclBlock>;
  readonly providers: readonly HclBlock[];
  /** Its `terraform` blocks. */
  readonly settings: readonly HclBlock[];
  /** Files of values for variables, one block each. */
  readonly values: readonly HclBlock[];
}

/** Sorts blocks by the folders they lie in. A block that is declared twice is taken where it stands first. */
export function foldersOf(blocks: readonly HclBlock[]): ReadonlyMap<string, Folder> {
  const byFolder = Map.groupBy(blocks, ({ module }) => module);
  return new Map([...byFolder].map(([path, own]) => [path, folderOf(path, own)]));
}

function folderOf(path: string, blocks: readonly HclBlock[]): Folder {
  const of = (type: string): HclBlock[] => blocks.filter((block) => block.type === type);
  const named = (type: string): Map<string, HclBlock> => first(of(type).map((block) => [block.labels[0] ?? '', block]));
  return {
    path,
    resources: first([
      ...of('resource').map((block): [string, HclBlock] => [block.labels.join('.'), block]),
      ...of('data').map((block): [string, HclBlock] => [`data.${block.labels.join('.')}`, block]),
    ]),
    calls: named('module'),
    variables: named('variable'),
    locals: first(of('locals').flatMap((block) => Object.entries(block.attributes))),
    outputs: named('output'),
    providers: of('provider'),
    settings: of('terraform'),
    values: of(''),
  };
}

function first<T>(entries: readonly (readonly [string, T])[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const [name, value] of entries) if (!found.has(name)) found.set(name, value);
  return found;
}

/** The folder that a relative source names; `undefined` for a registry, a repository or a path out of the tree. */
export function localFolder(from: string, source: unknown): string | undefined {
  if (typeof source !== 'string' || !/^\.\.?(?:\/|$)/.test(source)) return undefined;
  const parts = from === '.' ? [] : from.split('/');
  for (const part of source.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/') || '.';
}

/** `aws.replica` of the expression that says so. */
export function dotted(expression: HclExpression | undefined): string {
  if (expression?.kind === 'name') return expression.name;
  if (expression?.kind === 'literal') return String(expression.value);
  return expression?.kind === 'attribute' ? `${dotted(expression.of)}.${expression.name}` : '';
}
