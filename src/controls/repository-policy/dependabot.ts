import type { Cursor } from '../../model/cursor.ts';
import { globMatcher } from '../../model/glob.ts';
import type { Bot } from './bot.ts';
import { folderOf, type Manifest } from './manifests.ts';

/** Other names Dependabot has for the same. */
const ALIASES: Readonly<Record<string, string>> = { uv: 'pip', bun: 'npm', opentofu: 'terraform' };

/** Ecosystems in which a manifest speaks for those below it: workspaces, modules, projects. */
const NESTING: ReadonlySet<string> = new Set(['npm', 'pip', 'cargo', 'maven', 'gradle']);

/**
 * What Dependabot keeps up to date: each entry is for the folders it names, and for none below them.
 * https://docs.github.com/code-security/reference/supply-chain-security/dependabot-options-reference
 */
export function dependabotOf(at: Cursor, manifests: readonly Manifest[]): Bot[] {
  const entries = at.get('updates').items().filter(isUpdating);
  if (entries.length === 0) return [];
  const holders = new Map<string, Set<string>>();
  for (const { ecosystem, path } of manifests)
    holders.set(ecosystem, (holders.get(ecosystem) ?? new Set()).add(placeOf({ ecosystem, path })));
  const looksIn = new Map<string, Set<string>>();
  for (const entry of entries) {
    const named = entry.get('package-ecosystem').string() ?? '';
    const ecosystem = ALIASES[named] ?? named;
    const patterns = [entry.get('directory').string() ?? [], entry.get('directories').strings()]
      .flat()
      .flatMap((directory) => globMatcher(trimmed(ecosystem, directory)) ?? []);
    const found = looksIn.get(ecosystem) ?? new Set();
    for (const folder of holders.get(ecosystem) ?? [])
      if (patterns.some((matches) => matches(folder))) found.add(folder);
    looksIn.set(ecosystem, found);
  }
  return [
    {
      name: 'Dependabot',
      covers: (manifest) => isLookedIn(placeOf(manifest), manifest.ecosystem, looksIn),
      presets: [],
      origin: at.origin,
    },
  ];
}

/** An entry without pull requests, or that ignores every dependency, updates nothing. */
function isUpdating(entry: Cursor): boolean {
  if (entry.get('open-pull-requests-limit').integer() === 0) return false;
  return !entry
    .get('ignore')
    .items()
    .some(
      (rule) =>
        rule.get('dependency-name').string() === '*' &&
        !rule.get('update-types').exists &&
        !rule.get('versions').exists,
    );
}

/** Workflows are asked for by the root, or by their own folder. */
function placeOf({ ecosystem, path }: Manifest): string {
  return ecosystem === 'github-actions' ? '' : folderOf(path);
}

function trimmed(ecosystem: string, directory: string): string {
  const folder = directory.replace(/^\.?\/+/, '').replace(/\/+$/, '');
  return ecosystem === 'github-actions' && folder === '.github/workflows' ? '' : folder;
}

function isLookedIn(folder: string, ecosystem: string, looksIn: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const found = looksIn.get(ecosystem);
  if (found === undefined) return false;
  if (found.has(folder)) return true;
  if (!NESTING.has(ecosystem)) return false;
  for (let above = folder; above !== '';) {
    above = folderOf(above);
    if (found.has(above)) return true;
  }
  return false;
}
