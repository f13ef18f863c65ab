import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitEnvironment } from '../../adapters/git/command.ts';
import { makeTemporary } from '../../adapters/scratch.ts';
import { LaunchgateError } from '../../model/errors.ts';

/** A mend of the example: exact edits, each of which occurs once. */
export interface Mend {
  readonly control: string;
  readonly title: string;
  readonly edits: readonly {
    readonly path: string;
    readonly find?: string;
    readonly replace?: string;
    readonly remove?: boolean;
  }[];
}

/** The copy that the demo works on; the bundled example itself is never touched. */
export interface Workspace {
  readonly root: string;
  /** A home of its own, so that no key or pin of the user's is used or made. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False where git is missing: the candidate then stays unpinned, and the gate says so. */
  readonly committed: boolean;
}

/** Copies the example into an empty folder and commits it. */
export function copyExample(folder: string | undefined, env: Readonly<Record<string, string | undefined>>): Workspace {
  const base = folder === undefined ? makeTemporary('demo') : resolve(folder);
  if (folder !== undefined) mkdirSync(base, { recursive: true });
  // Reports and keys are written there under plain names, and what bears one already would be lost.
  if (readdirSync(base).length > 0)
    throw new LaunchgateError('usage', `${base} is not empty`, { next: 'Name an empty folder with --keep.' });
  const root = join(base, 'gpu-cloud');
  // Whoever has drilled the example itself has a ledger there, which is nobody's in the copy.
  cpSync(exampleFolder(), root, { recursive: true, filter: (path) => basename(path) !== '.launchgate' });
  const committed = commit(root, 'The platform as it is before its launch');
  return { root, committed, env: { ...env, LAUNCHGATE_HOME: join(base, 'home') } };
}

export function readMends(root: string): readonly Mend[] {
  return JSON.parse(readFileSync(join(root, 'mends/mends.json'), 'utf8')) as Mend[];
}

/** Applies the mends to the copy, with the render that belongs to the mended sources, and commits. */
export function applyMends(root: string, mends: readonly Mend[]): void {
  for (const { path, find, replace, remove } of mends.flatMap(({ edits }) => edits)) {
    const file = join(root, path);
    if (remove === true) rmSync(file);
    else {
      const text = readFileSync(file, 'utf8');
      if (find === undefined || !text.includes(find))
        throw new LaunchgateError('internal', `the mend of ${path} does not fit the example`);
      writeFileSync(
        file,
        text.replace(find, () => replace ?? ''),
      );
    }
  }
  rmSync(join(root, '.rendered'), { recursive: true });
  cpSync(join(root, 'mends/rendered'), join(root, '.rendered'), { recursive: true });
  commit(root, 'Mend what a first hour mends');
}

function commit(root: string, subject: string): boolean {
  const git = (...args: string[]): void =>
    void execFileSync(
      'git',
      [
        '-c',
        'user.name=Launchgate demo',
        '-c',
        'user.email=demo@example.com',
        '-c',
        'core.hooksPath=/dev/null',
        ...args,
      ],
      {
        cwd: root,
        stdio: 'ignore',
        env: { ...gitEnvironment(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
      },
    );
  try {
    if (!existsSync(join(root, '.git'))) git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', subject);
    return true;
  } catch {
    return false;
  }
}

/** The example lies beside the bundle's folder, two levels above the sources of this file otherwise. */
function exampleFolder(): string {
  for (const up of ['../examples/gpu-cloud', '../../examples/gpu-cloud', '../../../examples/gpu-cloud']) {
    const folder = new URL(`${up}/launchgate.yaml`, import.meta.url);
    if (existsSync(folder)) return dirname(fileURLToPath(folder));
  }
  throw new LaunchgateError('internal', 'the package does not hold its example', { next: 'Install launchgate again.' });
}
