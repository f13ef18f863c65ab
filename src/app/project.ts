import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { LaunchgateError } from '../model/errors.ts';
import { parseJson } from '../model/json.ts';
import type { FileTree } from '../model/world.ts';

export const SPEC_FILE = 'launchgate.yaml';

/** Where a verb works: the root whose files count, and the spec in it if there is one. */
export interface Project {
  readonly root: string;
  /** Path of the spec relative to the root. */
  readonly spec?: string;
  /** When a single file was named, only that one. */
  readonly only?: string;
  /** Paths of submodules that are not there, in a tree that was taken out of a commit. */
  readonly submodules?: readonly string[];
}

/**
 * Finds the project. A named path is taken as it is; without one, the nearest folder upward that holds a spec or whose `package.json` names
 * one (`"launchgate": { "platform": "deploy/launchgate.yaml" }`), else the working folder. `platform` names a spec elsewhere; its folder is
 * then the root.
 */
export function findProject(cwd: string, path: string | undefined, platform: string | undefined): Project {
  if (path === '' || platform === '')
    throw new LaunchgateError('usage', `${path === '' ? 'the path' : '--platform'} is empty`, {
      next: 'Give it a value, or leave it away: a variable in its place may be unset.',
    });
  if (platform !== undefined)
    return projectOf(resolve(cwd, platform), platform, 'Give --platform the path of a launchgate.yaml.');
  if (path !== undefined) return projectAt(resolve(cwd, path), path);
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (holdsSpec(folder)) return { root: folder, spec: SPEC_FILE };
    const named = namedByPackage(folder);
    if (named !== undefined) return named;
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return { root: cwd };
  }
}

function projectOf(file: string, named: string, next: string): Project {
  if (!isFile(file)) throw new LaunchgateError('not-found', `${named} is not a file`, { next });
  return { root: dirname(file), spec: basename(file) };
}

function namedByPackage(folder: string): Project | undefined {
  const file = join(folder, 'package.json');
  const platform = isFile(file) ? platformIn(readFileSync(file, 'utf8')) : undefined;
  if (platform === undefined) return undefined;
  const spec = resolve(folder, platform);
  const mend = `Correct "launchgate": { "platform": … } in ${file}.`;
  if (isOutside(folder, spec))
    throw new LaunchgateError('usage', `${file} names a platform outside its folder: ${platform}`, { next: mend });
  return projectOf(spec, platform, mend);
}

/** By name, or through a link: a repository does not say what else is read on this machine. */
function isOutside(folder: string, spec: string): boolean {
  const place = dirname(spec);
  const real = existsSync(place) ? realpathSync(place) : place;
  return relative(folder, spec).startsWith('..') || relative(realpathSync(folder), real).startsWith('..');
}

/** The entry of a `package.json`; one that cannot be parsed names nothing, and is npm's to complain of. */
function platformIn(text: string): string | undefined {
  const named = parseJson(text) as { readonly launchgate?: { readonly platform?: unknown } } | null | undefined;
  const platform = named?.launchgate?.platform;
  return typeof platform === 'string' ? platform : undefined;
}

function projectAt(absolute: string, named: string): Project {
  const stat = statSync(absolute, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new LaunchgateError('not-found', `${named} does not exist`, {
      next: 'Name a folder or a manifest to check.',
    });
  if (stat.isFile()) return { root: dirname(absolute), only: basename(absolute) };
  if (!stat.isDirectory()) throw new LaunchgateError('usage', `${named} is neither a folder nor a regular file`);
  return holdsSpec(absolute) ? { root: absolute, spec: SPEC_FILE } : { root: absolute };
}

/** Throws `usage` for what has the name of a spec and is no file, a broken link say: judged without it, nobody would notice what is missing. */
function holdsSpec(folder: string): boolean {
  const path = join(folder, SPEC_FILE);
  if (isFile(path)) return true;
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return false;
  throw new LaunchgateError('usage', `${path} is not a file, nor a link to one`, {
    next: 'Put a spec in its place, or take it away.',
  });
}

/** The tree with only one of its files, for `check manifest.yaml`. */
export function onlyFile(tree: FileTree, file: string): FileTree {
  return {
    root: tree.root,
    files: tree.files.filter((path) => path === file),
    gaps: tree.gaps.filter((gap) => gap.path === file),
    has: (path) => path === file && tree.has(path),
    read: (path) => tree.read(path),
    text: (path) => tree.text(path),
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
