import type { Cursor } from '../../model/cursor.ts';
import type { Origin } from '../../model/origin.ts';

/** What keeps dependencies up to date. */
export interface Updates {
  readonly bots: readonly string[];
  /** Renovate finds every ecosystem by itself. */
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
  const [first] = [...dependabot, ...renovate];
  return {
    bots: [...(updating.length > 0 ? ['Dependabot'] : []), ...(renovate.length > 0 ? ['Renovate'] : [])],
    coversAll: renovate.some(({ at }) => !at.get('enabledManagers').exists),
    ecosystems: [
      ...new Set(
        updating.flatMap((entry) => {
          const name = entry.get('package-ecosystem').string() ?? '';
          return ALIASES[name] ?? name;
        }),
      ),
    ].toSorted(),
    ...(first === undefined ? {} : { origin: first.at.origin }),
  };
}
