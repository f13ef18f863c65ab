import type { HclBlock } from '../../model/document.ts';
import type { Gap } from '../../model/platform.ts';
import { formatOf } from '../read/classify.ts';
import { applyOverrides, readHcl, readHclJson } from '../read/hcl/index.ts';
import { folderOf, resolvePath } from './paths.ts';
import type { Survey } from './survey.ts';

/** A folder of `.tf` and `.tofu` files, which is what Terraform calls a module. */
export interface Module {
  readonly folder: string;
  readonly files: readonly string[];
  /** Override files are merged. */
  readonly blocks: readonly HclBlock[];
  readonly gaps: readonly Gap[];
  /** Calls of modules by a relative source. */
  readonly calls: readonly Call[];
}

export interface Call {
  readonly folder: string;
  readonly block: HclBlock;
}

/**
 * Every folder of Terraform that is not left out, by its path. Of `main.tf` and `main.tofu` OpenTofu takes the latter alone:
 * https://opentofu.org/docs/language/files/
 */
export function readModules(survey: Survey): ReadonlyMap<string, Module> {
  const all = survey.sources.tree.files.filter((file) => isTerraform(file) && survey.leftOut(file) === undefined);
  const present = new Set(all);
  const files = all.filter((file) => !/\.tf(?:\.json)?$/.test(file) || !present.has(twinOf(file)));
  return new Map([...Map.groupBy(files, folderOf)].map(([folder, own]) => [folder, readModule(survey, folder, own)]));
}

function twinOf(file: string): string {
  return file.replace(/\.tf(?=$|\.json$)/, '.tofu');
}

function isTerraform(file: string): boolean {
  const format = formatOf(file);
  return format === 'hcl' || format === 'hcl-json';
}

function readModule(survey: Survey, folder: string, files: readonly string[]): Module {
  const written: HclBlock[] = [];
  const gaps: Gap[] = [];
  for (const path of files) {
    const text = survey.sources.text(path, ['terraform']);
    if (typeof text !== 'string') gaps.push(text);
    else if (formatOf(path) === 'hcl-json') addFile(readHclJson(text, { path, module: folder }), path);
    else addFile(readHcl(text, { path, module: folder }), path);
  }
  function addFile(read: ReturnType<typeof readHclJson>, path: string): void {
    written.push(...read.blocks);
    for (const { message, line, column } of read.problems) {
      gaps.push({ path, line, column, reason: message, fix: `Correct line ${line}.`, hides: ['terraform'] });
    }
  }
  const { blocks, astray } = applyOverrides(written);
  gaps.push(...astray.map(overridesNothing));
  return { folder, files, blocks, gaps, calls: blocks.flatMap((block) => localCall(folder, block) ?? []) };
}

function overridesNothing({ what, origin }: ReturnType<typeof applyOverrides>['astray'][number]): Gap {
  return {
    ...origin,
    reason: `${what} overrides nothing that could be read in its folder, which Terraform refuses`,
    fix: `Declare ${what} in a file that is no override file, or take it out.`,
    hides: ['terraform'],
  };
}

function localCall(folder: string, block: HclBlock): Call | undefined {
  const source = block.type === 'module' ? block.attributes['source']?.literal : undefined;
  if (typeof source !== 'string' || !/^\.\.?(?:\/|$)/.test(source)) return undefined;
  const called = resolvePath(folder, source);
  return called === undefined ? undefined : { folder: called, block };
}
