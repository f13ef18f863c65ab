import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openTree } from '../src/adapters/files.ts';
import { noRenderers } from '../src/adapters/renderers.ts';
import { discover } from '../src/engine/discover/index.ts';
import { loadSpec } from '../src/engine/load-spec.ts';
import { resolve } from '../src/engine/resolve/index.ts';
import type { PlatformFacts } from '../src/model/platform.ts';
import type { FileTree } from '../src/model/world.ts';

/** A fixture of a control: a folder that is a small repository, or a single manifest. */
export interface Fixture {
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'inconclusive';
  readonly tree: FileTree;
}

/** Every fixture of a control's folder, by name. */
export function fixturesOf(folder: string): Fixture[] {
  const fixtures = join(folder, 'fixtures');
  if (!existsSync(fixtures)) return [];
  return readdirSync(fixtures)
    .sort()
    .flatMap((name) => {
      const outcome = (['pass', 'fail', 'inconclusive'] as const).find((candidate) => name.startsWith(`${candidate}-`));
      return outcome === undefined ? [] : [{ name, outcome, tree: fixtureTree(join(fixtures, name)) }];
    });
}

/** A fixture's files; a single manifest becomes a repository with that one file. */
function fixtureTree(path: string): FileTree {
  if (statSync(path).isDirectory()) return openTree(path);
  return memoryTree({ 'manifests.yaml': readFileSync(path, 'utf8') });
}

/** A repository held in memory. */
export function memoryTree(files: Readonly<Record<string, string>>): FileTree {
  const text = (path: string): string => {
    const content = files[path];
    if (content === undefined) throw new Error(`no file ${path}`);
    return content;
  };
  return {
    root: '/fixture',
    files: Object.keys(files).sort(),
    gaps: [],
    has: (path) => files[path] !== undefined,
    read: (path) => new TextEncoder().encode(text(path)),
    text,
  };
}

/** The platform of a repository as `check` sees it, with no rendering tools. */
export async function platformOf(tree: FileTree): Promise<PlatformFacts> {
  const discovery = await discover(tree, { renderers: noRenderers });
  const spec = tree.has('launchgate.yaml') ? loadSpec(tree.text('launchgate.yaml'), 'launchgate.yaml') : undefined;
  return resolve(discovery, spec, undefined);
}
