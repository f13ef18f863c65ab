/** A file that names dependencies, by Dependabot's name for its ecosystem. */
export interface Manifest {
  readonly ecosystem: string;
  readonly path: string;
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

export function manifestsIn(files: readonly string[]): Manifest[] {
  return files
    .filter((path) => !BESIDE.test(path))
    .flatMap((path) => SIGNS.filter(([, sign]) => sign.test(path)).map(([ecosystem]) => ({ ecosystem, path })));
}

/** The folder of a file, empty for the root. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
