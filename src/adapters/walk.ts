import { readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { basename, sep } from 'node:path';
import { SOURCE_CLASSES, type SourceClass } from '../model/document.ts';
import type { Gap } from '../model/platform.ts';

/**
 * Folders that hold no source of the repository's own: version control, installed dependencies and tool caches.
 * Nothing of them is listed, and no gap is reported. Build outputs such as `dist` are not among them: people deploy from those.
 */
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.svn',
  '.jj',
  'node_modules',
  'bower_components',
  '.terraform',
  '.terragrunt-cache',
  '.venv',
  '__pycache__',
  '.tox',
  '.mypy_cache',
  '.pytest_cache',
  '.gradle',
  '.yarn',
  '.pnpm-store',
  '.direnv',
  '.idea',
  '.vscode-test',
  '.launchgate',
]);

/** Links that Bazel and Nix leave beside the sources and that always lead out of the repository. */
const TOOL_LINK = /^(?:bazel-.+|result(?:-.+)?)$/;

interface Bounds {
  readonly files: number;
  readonly depth: number;
}

interface Walk {
  readonly root: string;
  readonly bounds: Bounds;
  readonly files: string[];
  readonly gaps: Gap[];
  /** Real paths of folders that a link has led to already. */
  readonly linked: Set<string>;
  full: boolean;
}

/** Lists the files below a real path, sorted, and what it could not list. */
export function walk(root: string, bounds: Bounds): { files: string[]; gaps: Gap[] } {
  const state: Walk = { root, bounds, files: [], gaps: [], linked: new Set(), full: false };
  walkFolder(state, '', 0, false);
  return { files: state.files.sort(), gaps: state.gaps };
}

function walkFolder(state: Walk, folder: string, depth: number, throughLink: boolean): void {
  if (depth > state.bounds.depth)
    return report(state, folder, `lies deeper than ${state.bounds.depth} folders`, 'Exclude it in the spec.');
  for (const entry of entriesOf(state, folder)) {
    if (state.full) return;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!SKIPPED_FOLDERS.has(entry.name)) enterFolder(state, path, depth + 1, throughLink);
    } else if (entry.isSymbolicLink()) followLink(state, path, depth + 1);
    else if (entry.isFile()) addFile(state, path);
    else report(state, path, `is ${specialKind(entry)}, which is never opened`, 'Remove it from the repository.');
  }
}

/** Below a link every real folder is entered once, so that links cannot multiply the tree. */
function enterFolder(state: Walk, path: string, depth: number, throughLink: boolean): void {
  if (throughLink) {
    const real = realpathSync.native(`${state.root}${sep}${path}`);
    if (state.linked.has(real)) return;
    state.linked.add(real);
  }
  walkFolder(state, path, depth, throughLink);
}

function entriesOf(state: Walk, folder: string): Dirent[] {
  try {
    return readdirSync(`${state.root}${sep}${folder}`, { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    report(state, folder, `cannot be listed (${code})`, 'Make the folder readable for the user that runs Launchgate.');
    return [];
  }
}

function followLink(state: Walk, path: string, depth: number): void {
  const full = `${state.root}${sep}${path}`;
  let real: string;
  try {
    real = realpathSync.native(full);
  } catch {
    return report(state, path, 'is a link to nothing, or to itself', 'Remove the link or restore its target.');
  }
  if (real === state.root || state.root.startsWith(real + sep) || full.startsWith(real + sep)) {
    return report(state, path, 'is a link to a folder around it', 'Remove the link.');
  }
  if (!real.startsWith(state.root + sep)) {
    if (TOOL_LINK.test(basename(path))) return;
    return report(state, path, 'is a link out of the repository', 'Replace the link by the files themselves.');
  }
  if (
    real
      .slice(state.root.length + 1)
      .split(sep)
      .some((part) => SKIPPED_FOLDERS.has(part))
  )
    return;
  const target = statSync(real, { throwIfNoEntry: false });
  if (target?.isFile() === true) addFile(state, path);
  else if (target?.isDirectory() === true) enterFolder(state, path, depth, true);
  else report(state, path, 'is a link to something that is no file', 'Remove the link.');
}

function addFile(state: Walk, path: string): void {
  if (state.files.length >= state.bounds.files) {
    state.full = true;
    return report(state, path, `and what follows is beyond ${state.bounds.files} files`, 'Check a smaller folder.');
  }
  state.files.push(path);
}

function report(state: Walk, path: string, reason: string, fix: string): void {
  state.gaps.push({ path: path === '' ? '.' : path, reason, fix, hides: hiddenBy(path) });
}

const BY_EXTENSION: Readonly<Record<string, readonly SourceClass[]>> = {
  tf: ['terraform'],
  md: ['markdown', 'security-policy'],
  conf: ['redis-conf', 'postgres-conf', 'pg-hba', 'nginx-conf'],
  acl: ['redis-acl'],
  env: ['env-file'],
};

/** What a path may hold, going by its name: a folder, or a name that says nothing, may hold anything. */
function hiddenBy(path: string): readonly SourceClass[] {
  const extension = /\.([a-z0-9]+)$/i.exec(basename(path))?.[1]?.toLowerCase();
  if (extension !== undefined && BY_EXTENSION[extension] !== undefined) return BY_EXTENSION[extension];
  if (extension !== undefined && !/^(?:ya?ml|json5?|d|template|tmpl|tpl)$/.test(extension)) return ['files'];
  return SOURCE_CLASSES.filter((kind) => kind !== 'spec');
}

function specialKind(entry: Dirent): string {
  if (entry.isFIFO()) return 'a named pipe';
  if (entry.isSocket()) return 'a socket';
  return 'a device';
}
