import { oncePerText } from '../../model/once.ts';
import type { EnvironmentSpec } from '../../model/spec.ts';

export type EnvironmentKind = EnvironmentSpec['kind'];

/** Words that name an environment, by the name Launchgate gives it. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  production: ['prod', 'production', 'prd', 'live'],
  preprod: ['preprod', 'preproduction'],
  staging: ['staging', 'stage', 'stg'],
  uat: ['uat'],
  qa: ['qa'],
  test: ['test', 'testing'],
  ci: ['ci'],
  development: ['dev', 'develop', 'devel', 'development'],
  sandbox: ['sandbox'],
  local: ['local', 'minikube'],
  lab: ['lab'],
};

const KINDS: Readonly<Record<string, EnvironmentKind>> = {
  production: 'production',
  preprod: 'staging',
  staging: 'staging',
  uat: 'staging',
  qa: 'ci',
  test: 'ci',
  ci: 'ci',
  development: 'development',
  sandbox: 'development',
  local: 'development',
  lab: 'lab',
};

const CANONICAL: ReadonlyMap<string, string> = new Map(
  Object.entries(WORDS).flatMap(([name, words]) => words.map((word) => [word, name] as const)),
);

/** Words that name an environment at the end of a name (`api-dev`) or at its start (`prod-api`). */
const TRAILING: ReadonlySet<string> = new Set(
  'prod production prd preprod preproduction staging stage stg uat qa dev development sandbox'.split(' '),
);
const LEADING: ReadonlySet<string> = new Set('prod production prd preprod preproduction staging stg uat'.split(' '));

/** Words that tell two clusters of one environment apart. */
const PLACE =
  /^(?:eu|us|ap|na|sa|af|me|ca|uk|au|de|fr|in|jp|sg|br|emea|apac|asia|europe|(?:north|south|east|west|central)+\d*|primary|secondary|dr|blue|green|aws|gcp|azure|[a-z]{0,2}\d+[a-z]?)$/;

/** Words that say what kind of file or folder it is. */
const FILLERS: ReadonlySet<string> = new Set([
  'values',
  'cluster',
  'env',
  'environment',
  'config',
  'overlay',
  'manifests',
  'k8s',
  'secrets',
  'namespace',
]);

/** From the one that matters most at launch to the least. */
const KIND_ORDER: readonly EnvironmentKind[] = ['production', 'staging', 'ci', 'development', 'lab'];

/** An environment that a name speaks of. */
export interface NamedEnvironment {
  /** `production`, or the whole name where it says which one: `prod-eu`, `eu-prod`. */
  readonly name: string;
  readonly kind: EnvironmentKind;
}

/**
 * Reads an environment out of a name. `prod` and `api-prod` are `production`; `prod-eu` and `eu-prod` stay themselves, because a place
 * beside the environment tells two of them apart. Words that mean other things as often (`test-runner`, `live-chat`) count only by
 * themselves or beside a place. `undefined` when no word of the name is one, or two different ones are.
 */
export const environmentOf = oncePerText((name: string): NamedEnvironment | undefined => {
  const words = name
    .toLowerCase()
    .replace(/pre[-_.]prod/, 'preprod')
    .split(/[-_.\s]+/)
    .filter((word) => word !== '' && !FILLERS.has(word));
  const found = [...new Set(words.filter((word) => CANONICAL.has(word)))];
  const [word] = found;
  const canonical = CANONICAL.get(word ?? '');
  if (word === undefined || canonical === undefined || found.length > 1) return undefined;
  const others = words.filter((other) => other !== word);
  const onlyPlaces = others.every((other) => PLACE.test(other));
  if (!onlyPlaces && !(words.at(-1) === word ? TRAILING.has(word) : LEADING.has(word))) return undefined;
  const kind = KINDS[canonical] ?? 'development';
  const placed = onlyPlaces && others.length > 0;
  return { name: placed ? words.join('-') : canonical, kind };
}, 4096);

/** The environment the folders of a path speak of, the innermost first. */
export function environmentOfPath(path: string): (NamedEnvironment & { readonly part: string }) | undefined {
  for (const part of path.split('/').toReversed()) {
    const environment = environmentOf(part);
    if (environment !== undefined) return { ...environment, part };
  }
  return undefined;
}

/** Sorts environments: production first, then staging and so on; a whole environment before one of its places. */
export function moreProductionLike(a: NamedEnvironment, b: NamedEnvironment): number {
  return (
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    rankOf(a.name) - rankOf(b.name) ||
    a.name.length - b.name.length ||
    (a.name < b.name ? -1 : Number(a.name > b.name))
  );
}

/** Position of a canonical name among all; names that are not one come last. */
function rankOf(name: string): number {
  const rank = Object.keys(WORDS).indexOf(name);
  return rank === -1 ? Number.MAX_SAFE_INTEGER : rank;
}

/**
 * Whether a deployable that was recognised as `found` belongs to the environment that people call `wanted`: the same name,
 * another word for it, or a place of it (`prod-eu` of `production`) where nobody declared that place by itself.
 */
export function sameEnvironment(found: string, wanted: string, declared: readonly string[]): boolean {
  if (found === wanted) return true;
  if (declared.includes(found)) return false;
  const [one, other] = [canonicalOf(found), canonicalOf(wanted)];
  if (one === undefined || one !== other) return false;
  return CANONICAL.has(wanted.toLowerCase());
}

/** Whether nobody declared an environment, but places of it: `production`, where there are `prod-eu` and `prod-us`. */
export function isDeclaredByPlaces(found: string, declared: readonly string[]): boolean {
  return (
    declared.some((name) => canonicalOf(name) === found) &&
    !declared.some((name) => sameEnvironment(found, name, declared))
  );
}

function canonicalOf(name: string): string | undefined {
  for (const word of name.toLowerCase().split(/[-_.\s]+/)) {
    const canonical = CANONICAL.get(word);
    if (canonical !== undefined) return canonical;
  }
  return undefined;
}
