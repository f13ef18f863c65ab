import type { HclBlock } from '../../model/document.ts';
import type { Deployable, Gap } from '../../model/platform.ts';
import type { LeftOut } from './discovery.ts';
import { NOTHING_FOUND, recognise, type Found } from './found.ts';
import { foldersAbove } from './paths.ts';
import type { Survey } from './survey.ts';
import { cutCycles } from './terraform-cycles.ts';
import { readModules, type Module } from './terraform-module.ts';

export interface TerraformFound extends Found {
  readonly blocks: readonly HclBlock[];
}

/**
 * Terraform roots: folders with a provider or a backend, and folders that no other module calls. A folder below `modules/` that
 * nothing calls is a library, not a root.
 */
export function findTerraform(survey: Survey): TerraformFound {
  const modules = cutCycles(readModules(survey));
  if (modules.size === 0) return { ...NOTHING_FOUND, blocks: [] };
  const called = new Set([...modules.values()].flatMap(({ calls }) => calls.map(({ folder }) => folder)));
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
    for (const { folder } of module.calls) {
      const target = modules.get(folder);
      if (target !== undefined) reached.add(target);
    }
  }
  return reached;
}

function gapsOf(module: Module, root: Module): Gap[] {
  return module.gaps.map((gap) => ({ ...gap, deployable: `terraform:${root.folder}` }));
}
