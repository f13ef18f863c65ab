import { lstatSync, readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
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
    return report(
      state,
      folder,
      `lies deeper than ${state.bounds.depth} folders`,
      'Exclude it in the spec.',
      EVERYTHING,
    );
  for (const entry of entriesOf(state, folder)) {
    if (state.full) return;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (isMisnamed(state, path)) {
      const hidden = entry.isDirectory() ? EVERYTHING : hiddenBy(path);
      report(state, path, 'has a name that is not UTF-8, and cannot be opened', 'Rename it.', hidden);
    } else if (entry.isDirectory()) {
      if (!SKIPPED_FOLDERS.has(entry.name)) enterFolder(state, path, depth + 1, throughLink);
    } else if (entry.isSymbolicLink()) followLink(state, path, depth + 1);
    else if (entry.isFile()) addFile(state, path);
    else
      report(
        state,
        path,
        `is ${specialKind(entry)}, which is never opened`,
        'Remove it from the repository.',
        hiddenBy(path),
      );
  }
}

/** Bytes of a name that are not UTF-8 are replaced as it is listed, and under what is left nothing is there. */
function isMisnamed({ root }: Walk, path: string): boolean {
  return path.includes('\uFFFD') && lstatSync(`${root}${sep}${path}`, { throwIfNoEntry: false }) === undefined;
}

/** Below a link every real folder is entered once, so that links cannot multiply the tree. */
function enterFolder(state: Walk, path: string, depth: number, throughLink: boolean): void {
  if (throughLink) {
    const real = realPath(`${state.root}${sep}${path}`);
    if (real === undefined || state.linked.has(real)) return;
    state.linked.add(real);
  }
  walkFolder(state, path, depth, throughLink);
}

function entriesOf(state: Walk, folder: string): Dirent[] {
  try {
    return readdirSync(`${state.root}${sep}${folder}`, { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    report(
      state,
      folder,
      `cannot be listed (${code})`,
      'Make the folder readable for the user that runs Launchgate.',
      EVERYTHING,
    );
    return [];
  }
}

function followLink(state: Walk, path: string, depth: number): void {
  const refuse = (reason: string, fix: string): void => report(state, path, reason, fix, hiddenBy(path));
  const link = `${state.root}${sep}${path}`;
  const real = realPath(link);
  if (real?.startsWith(state.root + sep) !== true && TOOL_LINK.test(basename(path))) return;
  if (real === undefined) return refuse('is a link to nothing, or to itself', 'Remove the link or restore its target.');
  if (real === state.root || link.startsWith(real + sep))
    return refuse('is a link to a folder around it', 'Remove the link.');
  if (!real.startsWith(state.root + sep)) {
    return refuse('is a link out of the repository', 'Replace the link by the files themselves.');
  }
  if (isSkipped(real.slice(state.root.length + 1)))
    return refuse('is a link into a folder that is not read', 'Replace the link by the files themselves.');
  const target = statSync(real, { throwIfNoEntry: false });
  if (target?.isFile() === true) addFile(state, path);
  else if (target?.isDirectory() === true) enterFolder(state, path, depth, true);
  else refuse('is a link to something that is no file', 'Remove the link.');
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function isSkipped(path: string): boolean {
  return path.split(sep).some((part) => SKIPPED_FOLDERS.has(part));
}

function addFile(state: Walk, path: string): void {
  if (state.files.length < state.bounds.files) {
    state.files.push(path);
    return;
  }
  state.full = true;
  report(state, path, `and what follows is beyond ${state.bounds.files} files`, 'Check a smaller folder.', EVERYTHING);
}

function report(state: Walk, path: string, reason: string, fix: string, hides: readonly SourceClass[]): void {
  state.gaps.push({ path: path === '' ? '.' : path, reason, fix, hides });
}

/** For a tree that was taken out of a commit: it names what is in a submodule, and does not hold it. */
export function submoduleGap(path: string): Gap {
  const reason = 'is a submodule, whose files the commit does not hold';
  return {
    path,
    reason,
    fix: 'Keep what is deployed in this repository, or exclude the submodule in the spec.',
    hides: EVERYTHING,
  };
}

/** For a work tree: a submodule whose folder is empty. */
export function emptySubmoduleGap(path: string): Gap {
  const fix = 'Run "git submodule update --init" and check again, or exclude the submodule in the spec.';
  return { path, reason: 'is a submodule that is not checked out', fix, hides: EVERYTHING };
}

/** For a sparse checkout: the folders in which git has files that may say something and are not here, each with what it may hide. */
export function sparseGaps(spared: readonly string[] | undefined): Gap[] {
  if (spared === undefined)
    return [
      {
        path: '.',
        reason: 'a sparse checkout, and git cannot say what it left out',
        fix: 'See why "git ls-files -t" fails here, or check out the whole.',
        hides: EVERYTHING,
      },
    ];
  const telling = spared.filter((path) => hiddenBy(path).some((kind) => kind !== 'files'));
  return [...Map.groupBy(telling, (path) => dirname(path))].map(([folder, paths]) => ({
    path: folder,
    reason: `a sparse checkout left out ${paths.length === 1 ? basename(paths[0] ?? '') : `${paths.length} files of it`}`,
    fix: 'Check out the whole of what is deployed: "git sparse-checkout add", or "git sparse-checkout disable".',
    hides: SOURCE_CLASSES.filter((kind) => paths.some((path) => hiddenBy(path).includes(kind))),
  }));
}

const EVERYTHING: readonly SourceClass[] = SOURCE_CLASSES.filter((kind) => kind !== 'spec');

const CONFIGURATION: readonly SourceClass[] = ['redis-conf', 'postgres-conf', 'pg-hba', 'nginx-conf'];
const BY_EXTENSION: Readonly<Record<string, readonly SourceClass[]>> = {
  tf: ['terraform'],
  tofu: ['terraform'],
  tfvars: ['terraform'],
  md: ['markdown', 'security-policy'],
  csv: ['price-table'],
  conf: CONFIGURATION,
  acl: ['redis-acl'],
  env: ['env-file'],
  prom: ['metrics-capture'],
  openmetrics: ['metrics-capture'],
};

/** Extensions of files that nothing reads; they only count as files. */
const ONLY_LISTED =
  /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|c|h|cc|cpp|cs|sh|css|html|txt|log|sum|mod|lock|png|jpe?g|gif|svg|ico|pdf|so|a|o|gz|zip|tgz)$/i;

/** What a file or link may hold, going by its name: one that says nothing, and may be a folder, may hold anything. */
function hiddenBy(path: string): readonly SourceClass[] {
  const name = basename(path);
  if (ONLY_LISTED.test(name)) return ['files'];
  const extension = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(BY_EXTENSION, extension) ? (BY_EXTENSION[extension] ?? EVERYTHING) : EVERYTHING;
}

function specialKind(entry: Dirent): string {
  if (entry.isFIFO()) return 'a named pipe';
  if (entry.isSocket()) return 'a socket';
  return 'a device';
}
