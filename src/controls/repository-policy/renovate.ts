import type { Cursor } from '../../model/cursor.ts';
import { globMatcher } from '../../model/glob.ts';
import type { Bot } from './bot.ts';

/** Managers of Renovate by what Dependabot calls their ecosystem. https://docs.renovatebot.com/modules/manager/ */
const MANAGERS: Readonly<Record<string, readonly string[]>> = {
  'github-actions': ['github-actions'],
  docker: ['dockerfile'],
  npm: ['npm', 'bun'],
  pip: ['pip_requirements', 'pip_setup', 'pip-compile', 'pipenv', 'pep621', 'poetry', 'setup-cfg'],
  gomod: ['gomod'],
  cargo: ['cargo'],
  maven: ['maven'],
  gradle: ['gradle'],
  bundler: ['bundler'],
  composer: ['composer'],
  terraform: ['terraform'],
};

/** Presets that Renovate brings along. https://docs.renovatebot.com/presets-config/ */
const OWN_PRESETS =
  /^(?:abandonments|compatibility|config|customManagers|default|docker|global|group|helpers|mergeConfidence|monorepo|npm|packages|preview|regexManagers|replacements|schedule|security|workarounds)?:/;

/** What Renovate keeps up to date: everything it finds, less what its configuration leaves out. */
export function renovateOf(at: Cursor): Bot[] {
  const presets = at.get('extends').strings();
  const isOff =
    at.get('enabled').boolean() === false || presets.some((one) => /^(?:default)?:disableRenovate$/.test(one));
  if (isOff || isNothingLeft(at)) return [];
  const enabled = at.get('enabledManagers').strings();
  const disabled = disabledManagers(at, presets);
  const ignored = at.get('ignorePaths').strings();
  const included = at.get('includePaths').strings().map(globOf);
  const patterns = ignored.map(globOf);
  const runs = (manager: string): boolean =>
    (enabled.length === 0 || enabled.includes(manager)) && !disabled.has(manager);
  return [
    {
      name: 'Renovate',
      covers: ({ ecosystem, path }) =>
        (MANAGERS[ecosystem] ?? []).some(runs) &&
        (included.length === 0 || included.some((matches) => matches(path))) &&
        !ignored.some((text) => path.includes(text)) &&
        !patterns.some((matches) => matches(path)),
      presets: presets.filter((one) => !OWN_PRESETS.test(one)),
      origin: at.origin,
    },
  ];
}

/** A glob with too many stars is taken to match nothing. */
function globOf(glob: string): (path: string) => boolean {
  return globMatcher(glob) ?? (() => false);
}

/** By a setting of the manager's own, or by a rule for it alone. */
function disabledManagers(at: Cursor, presets: readonly string[]): ReadonlySet<string> {
  const own = Object.values(MANAGERS)
    .flat()
    .filter((manager) => at.get(manager, 'enabled').boolean() === false);
  const byRule = rulesThatTurnOff(at, 'matchManagers').flatMap((rule) => rule.get('matchManagers').strings());
  return new Set([...own, ...byRule, ...(presets.includes('docker:disable') ? ['dockerfile'] : [])]);
}

/** A rule for every package that turns it off. */
function isNothingLeft(at: Cursor): boolean {
  return ['matchPackageNames', 'matchPackagePatterns'].some((key) =>
    rulesThatTurnOff(at, key).some((rule) =>
      rule
        .get(key)
        .strings()
        .some((name) => /^(?:\*{1,2}|\.\*)$/.test(name)),
    ),
  );
}

/** Rules with `enabled: false` that choose by that key and no other. */
function rulesThatTurnOff(at: Cursor, key: string): Cursor[] {
  return at
    .get('packageRules')
    .items()
    .filter((rule) => {
      const keys = rule.entries().map(([name]) => name);
      return (
        rule.get('enabled').boolean() === false && keys.every((name) => [key, 'enabled', 'description'].includes(name))
      );
    });
}
