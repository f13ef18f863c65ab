import type { Cursor } from '../../model/cursor.ts';
import type { Origin } from '../../model/origin.ts';

/** What keeps dependencies up to date. */
export interface Updates {
  readonly bots: readonly string[];
  /** Renovate finds every ecosystem by itself, where it is not told which managers to run. */
  readonly coversAll: boolean;
  /** Ecosystems by Dependabot's names. */
  readonly ecosystems: readonly string[];
  readonly origin?: Origin;
}

/** Signs of an ecosystem that both bots know, by Dependabot's name for it. */
const SIGNS: readonly (readonly [string, RegExp])[] = [
  ['github-actions', /^\.github\/workflows\/[^/]+\.ya?ml$/],
  ['docker', /(?:^|\/)Dockerfile$/],
  ['npm', /(?:^|\/)package\.json$/],
  ['pip', /(?:^|\/)(?:requirements[\w.-]*\.txt|Pipfile)$/],
  ['gomod', /(?:^|\/)go\.mod$/],
  ['cargo', /(?:^|\/)Cargo\.toml$/],
  ['maven', /(?:^|\/)pom\.xml$/],
  ['gradle', /(?:^|\/)build\.gradle(?:\.kts)?$/],
  ['bundler', /(?:^|\/)Gemfile$/],
  ['composer', /(?:^|\/)composer\.json$/],
  ['terraform', /(?:^|\/)\.terraform\.lock\.hcl$/],
];
const BESIDE = /(?:^|\/)(?:node_modules|vendor|third_party|testdata|fixtures|examples?|tests?|docs?)\//;
/** Other names Dependabot has for the same. */
const ALIASES: Readonly<Record<string, string>> = {
  uv: 'pip',
  bun: 'npm',
  opentofu: 'terraform',
  'docker-compose': 'docker',
};

/** Managers of Renovate by what Dependabot calls their ecosystem. https://docs.renovatebot.com/modules/manager/ */
const MANAGERS: Readonly<Record<string, readonly string[]>> = {
  'github-actions': ['github-actions'],
  docker: ['dockerfile', 'docker-compose'],
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

export function ecosystemsIn(files: readonly string[]): string[] {
  const own = files.filter((path) => !BESIDE.test(path));
  return SIGNS.filter(([, sign]) => own.some((path) => sign.test(path))).map(([name]) => name);
}

export function updatesOf(configurations: readonly { readonly path: string; readonly at: Cursor }[]): Updates {
  const dependabot = configurations.filter(({ path }) => /dependabot/.test(path));
  const renovate = configurations.filter(
    ({ path, at }) => !/dependabot/.test(path) && at.get('enabled').boolean() !== false,
  );
  const entries = dependabot.flatMap(({ at }) => at.get('updates').items());
  const updating = entries.filter((entry) => entry.get('open-pull-requests-limit').integer() !== 0);
  const managers = renovate.map(({ at }) => at.get('enabledManagers').strings());
  const [first] = [...dependabot, ...renovate];
  return {
    bots: [...(updating.length > 0 ? ['Dependabot'] : []), ...(renovate.length > 0 ? ['Renovate'] : [])],
    coversAll: managers.some((enabled) => enabled.length === 0),
    ecosystems: [...new Set([...updating.map(ecosystemOf), ...managers.flat().flatMap(ecosystemsOf)])].toSorted(),
    ...(first === undefined ? {} : { origin: first.at.origin }),
  };
}

function ecosystemOf(entry: Cursor): string {
  const name = entry.get('package-ecosystem').string() ?? '';
  return ALIASES[name] ?? name;
}

/** None for a manager of something that no sign here tells. */
function ecosystemsOf(manager: string): string[] {
  return Object.keys(MANAGERS).filter((ecosystem) => MANAGERS[ecosystem]?.includes(manager) === true);
}
