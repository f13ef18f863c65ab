import type { HclBlock } from '../../model/document.ts';
import type { Deployable, Gap } from '../../model/platform.ts';
import { formatOf } from '../read/classify.ts';
import { readHcl, readHclJson } from '../read/hcl/index.ts';
import type { LeftOut } from './discovery.ts';
import { NOTHING_FOUND, recognise, type Found } from './found.ts';
import { folderOf, foldersAbove, resolvePath } from './paths.ts';
import type { Survey } from './survey.ts';

export interface TerraformFound extends Found {
  readonly blocks: readonly HclBlock[];
}

/** A folder of `.tf` files, which is what Terraform calls a module. */
interface Module {
  readonly folder: string;
  readonly files: readonly string[];
  readonly blocks: readonly HclBlock[];
  readonly gaps: readonly Gap[];
  /** Folders of modules it calls by a relative source. */
  readonly calls: readonly string[];
}

/**
 * Terraform roots: folders with a provider or a backend, and folders that no other module calls. A folder below `modules/` that
 * nothing calls is a library, not a root.
 */
export function findTerraform(survey: Survey): TerraformFound {
  const files = survey.sources.tree.files.filter((file) => isTerraform(file) && survey.leftOut(file) === undefined);
  if (files.length === 0) return { ...NOTHING_FOUND, blocks: [] };
  const modules = new Map(
    [...Map.groupBy(files, folderOf)].map(([folder, own]) => [folder, readModule(survey, folder, own)]),
  );
  const called = new Set(
    [...modules.values()].flatMap((module) => module.calls.filter((call) => call !== module.folder)),
  );
  const roots = [...modules.values()].filter((module) => isRoot(module, called));
  const deployables = roots.map((root) => terraformDeployable(root, modules));
  const used = new Set(deployables.flatMap((deployable) => deployable.sources));
  const leftOut: LeftOut[] = [...modules.values()]
    .filter((module) => !module.files.some((file) => used.has(file)))
    .map((module) => ({ path: module.folder, reason: 'a Terraform module that no root calls' }));
  return {
    deployables,
    leftOut,
    gaps: roots.flatMap((root) => [...closure(root, modules)].flatMap((module) => gapsOf(module, root))),
    blocks: [...modules.values()].flatMap((module) => module.blocks.filter((block) => used.has(block.origin.path))),
  };
}

function isTerraform(file: string): boolean {
  const format = formatOf(file);
  return format === 'hcl' || format === 'hcl-json';
}

function readModule(survey: Survey, folder: string, files: readonly string[]): Module {
  const blocks: HclBlock[] = [];
  const gaps: Gap[] = [];
  for (const path of files) {
    const text = survey.sources.text(path, ['terraform']);
    if (typeof text !== 'string') gaps.push(text);
    else if (formatOf(path) === 'hcl-json') addFile(readHclJson(text, { path, module: folder }), path);
    else addFile(readHcl(text, { path, module: folder }), path);
  }
  function addFile(read: ReturnType<typeof readHclJson>, path: string): void {
    blocks.push(...read.blocks);
    for (const { message, line, column } of read.problems) {
      gaps.push({ path, line, column, reason: message, fix: `Correct line ${line}.`, hides: ['terraform'] });
    }
  }
  return { folder, files, blocks, gaps, calls: blocks.flatMap((block) => localCall(folder, block) ?? []) };
}

function localCall(folder: string, block: HclBlock): string | undefined {
  const source = block.type === 'module' ? block.attributes['source']?.literal : undefined;
  return typeof source === 'string' && /^\.\.?(?:\/|$)/.test(source) ? resolvePath(folder, source) : undefined;
}

function isRoot(module: Module, called: ReadonlySet<string>): boolean {
  if (module.files.every(isValues)) return false;
  const owns = module.blocks.some(
    (block) =>
      block.type === 'provider' ||
      (block.type === 'terraform' && block.blocks.some(({ type }) => type === 'backend' || type === 'cloud')),
  );
  if (owns) return true;
  return !called.has(module.folder) && !module.folder.split('/').includes('modules');
}

function terraformDeployable(root: Module, modules: ReadonlyMap<string, Module>): Deployable {
  const reached = closure(root, modules);
  return {
    id: `terraform:${root.folder}`,
    renderer: 'terraform',
    path: root.folder,
    ...recognise([{ what: 'folder', text: root.folder, path: true }]),
    sources: [...reached, ...valuesBelow(root, modules)].flatMap((module) => module.files).sort(),
    declaredBy: root.files.find((file) => !file.endsWith('.tfvars')) ?? root.folder,
  };
}

/** Folders below the root that hold files of values and nothing else, and have no other folder of Terraform nearer above them. */
function valuesBelow(root: Module, modules: ReadonlyMap<string, Module>): Module[] {
  return [...modules.values()].filter(({ folder, files }) => {
    if (folder === root.folder || !files.every(isValues)) return false;
    const above = foldersAbove(folder).find((path) => modules.get(path)?.files.some((file) => !isValues(file)));
    return above === root.folder;
  });
}

function isValues(file: string): boolean {
  return /\.tfvars(?:\.json)?$/.test(file);
}

function closure(root: Module, modules: ReadonlyMap<string, Module>): ReadonlySet<Module> {
  const reached = new Set<Module>([root]);
  for (const module of reached) {
    for (const call of module.calls) {
      const target = modules.get(call);
      if (target !== undefined) reached.add(target);
    }
  }
  return reached;
}

function gapsOf(module: Module, root: Module): Gap[] {
  return module.gaps.map((gap) => ({ ...gap, deployable: `terraform:${root.folder}` }));
}
