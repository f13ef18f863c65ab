import { environmentOf } from './environment.ts';

/** Folders whose content is there to be tried or to check something, never to run. */
const TRIAL_FOLDERS: Readonly<Record<string, string>> = {
  tests: 'a test folder',
  testdata: 'a test folder',
  test: 'a test folder',
  __tests__: 'a test folder',
  e2e: 'a test folder',
  fixtures: 'a test folder',
  __fixtures__: 'a test folder',
  examples: 'an example folder',
  example: 'an example folder',
  samples: 'an example folder',
  sample: 'an example folder',
  vendor: 'a vendored folder',
  third_party: 'a vendored folder',
  '.rendered': 'a folder of pinned renders',
  '.github': 'a settings folder',
  '.gitlab': 'a settings folder',
  '.circleci': 'a settings folder',
  '.devcontainer': 'a settings folder',
  '.vscode': 'a settings folder',
};

/** A folder that does not run, and why. */
export interface TrialFolder {
  readonly folder: string;
  readonly reason: string;
}

/**
 * The outermost folder on the way to a file that marks it as not running. A folder `test` among others that are named after
 * environments (`overlays/dev`, `overlays/test`) is an environment.
 */
export function trialFolder(
  path: string,
  siblingsOf: (folder: string) => ReadonlySet<string>,
): TrialFolder | undefined {
  const parts = path.split('/').slice(0, -1);
  for (const [depth, part] of parts.entries()) {
    const kind = Object.hasOwn(TRIAL_FOLDERS, part) ? TRIAL_FOLDERS[part] : undefined;
    if (kind === undefined) continue;
    const parent = parts.slice(0, depth).join('/');
    if (part === 'test' && isEnvironmentAmong(siblingsOf(parent))) continue;
    return { folder: parts.slice(0, depth + 1).join('/'), reason: `${kind} that nothing selects` };
  }
  return undefined;
}

function isEnvironmentAmong(siblings: ReadonlySet<string>): boolean {
  return [...siblings].some((name) => name !== 'test' && environmentOf(name) !== undefined);
}

/** The folders directly below each folder of a tree, by the folder (`''` for the root). */
export function childFolders(files: readonly string[]): (folder: string) => ReadonlySet<string> {
  const children = new Map<string, Set<string>>();
  let previous = '';
  for (const file of files) {
    const folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
    if (folder === previous) continue;
    previous = folder;
    const parts = folder.split('/');
    for (const [depth, part] of parts.entries()) {
      const parent = parts.slice(0, depth).join('/');
      const known = children.get(parent);
      if (known === undefined) children.set(parent, new Set([part]));
      else known.add(part);
    }
  }
  return (folder) => children.get(folder) ?? new Set();
}
