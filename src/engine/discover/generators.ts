import { isMapping, type Cursor } from '../../model/cursor.ts';
import { globMatcher } from '../../model/glob.ts';
import { fillIn, type Params } from './interpolate.ts';
import { baseName, folderOf } from './paths.ts';
import type { Survey } from './survey.ts';
import { mergeValues } from './values.ts';

/** Parameter sets that generators make, and what they would take from elsewhere. */
export interface Generated {
  readonly params: readonly Params[];
  readonly unknown: readonly string[];
}

/** Most applications that one set may make here. */
const MAX_PARAMS = 1_000;

/** Kinds of generators whose answer only a forge, a cluster or a plug-in knows. */
const ELSEWHERE = ['scmProvider', 'pullRequest', 'clusterDecisionResource', 'plugin'];

/** The union of several generators, each filled in with what an outer one made. */
export function generate(survey: Survey, generators: readonly Cursor[], outer: Params): Generated {
  const parts = generators.map((generator) => generateOne(survey, generator, outer));
  return tooMany({
    params: parts.flatMap((part) => part.params),
    unknown: parts.flatMap((part) => part.unknown),
  });
}

function generateOne(survey: Survey, generator: Cursor, outer: Params): Generated {
  const list = generator.get('list');
  if (list.exists)
    return known(
      list
        .get('elements')
        .items()
        .flatMap((item) => asParams(item.value)),
      list,
      outer,
    );
  const git = generator.get('git');
  if (git.exists) return known([...gitFolders(survey, git, outer), ...gitFiles(survey, git, outer)], git, outer);
  const clusters = generator.get('clusters');
  if (clusters.exists) return { ...known([{}], clusters, outer), unknown: ['which clusters are registered'] };
  const matrix = generator.get('matrix');
  if (matrix.exists) return matrixOf(survey, matrix.get('generators').items(), outer);
  const merge = generator.get('merge');
  if (merge.exists) return mergeOf(survey, merge, outer);
  const elsewhere = ELSEWHERE.find((kind) => generator.get(kind).exists);
  return { params: [], unknown: [`what its ${elsewhere ?? 'unknown'} generator answers`] };
}

/** Adds the generator's own `values`, which may use its parameters. */
function known(params: readonly Params[], generator: Cursor, outer: Params): Generated {
  const values = generator.get('values').value;
  return {
    params: params.map((own) => {
      const joined = mergeValues(outer, own);
      return isMapping(values) ? { ...joined, values: fillIn(values, joined) } : joined;
    }),
    unknown: [],
  };
}

function gitFolders(survey: Survey, git: Cursor, outer: Params): Params[] {
  const entries = git.get('directories').items();
  if (entries.length === 0) return [];
  const globs = entries.map((entry) => ({
    matches: globMatcher(String(fillIn(entry.get('path').string() ?? '', outer))),
    exclude: entry.get('exclude').boolean() === true,
  }));
  return [...survey.folders]
    .filter((folder) => folder !== '.' && !/(?:^|\/)\./.test(folder))
    .filter(
      (folder) =>
        globs.some((glob) => !glob.exclude && glob.matches?.(folder) === true) &&
        !globs.some((glob) => glob.exclude && glob.matches?.(folder) === true),
    )
    .sort()
    .map(folderParams);
}

function gitFiles(survey: Survey, git: Cursor, outer: Params): Params[] {
  return git
    .get('files')
    .items()
    .flatMap((entry) => {
      const matches = globMatcher(String(fillIn(entry.get('path').string() ?? '', outer)));
      const files = survey.sources.tree.files.filter((file) => matches?.(file) === true);
      return files.flatMap((file) => fileParams(survey, file));
    });
}

/** The mapping in a file, or each mapping of its list, with the path of its folder. */
function fileParams(survey: Survey, file: string): Params[] {
  const documents = survey.sources
    .yaml(file)
    .documents.flatMap(({ value }) => (Array.isArray(value) ? value : [value]));
  return documents.flatMap(asParams).map((own) => {
    const { path } = folderParams(folderOf(file)) as { path: Record<string, unknown> };
    return { ...own, path: { ...path, filename: baseName(file) } };
  });
}

function folderParams(folder: string): Params {
  const name = baseName(folder);
  const normalized = name.replaceAll(/[^A-Za-z0-9-]/g, '-').toLowerCase();
  return {
    path: { path: folder, basename: name, basenameNormalized: normalized, segments: folder.split('/') },
  };
}

/** Every pairing of two generators; the second may use what the first made. */
function matrixOf(survey: Survey, generators: readonly Cursor[], outer: Params): Generated {
  const [first, ...rest] = generators;
  if (first === undefined) return { params: [outer], unknown: [] };
  const left = generateOne(survey, first, outer);
  const params: Params[] = [];
  const unknown = [...left.unknown];
  for (const own of left.params) {
    const right = matrixOf(survey, rest, own);
    params.push(...right.params);
    unknown.push(...right.unknown);
    if (params.length > MAX_PARAMS) return tooMany({ params, unknown });
  }
  return { params, unknown };
}

function tooMany({ params, unknown }: Generated): Generated {
  if (params.length <= MAX_PARAMS) return { params, unknown };
  return { params: params.slice(0, MAX_PARAMS), unknown: [...unknown, `more than ${MAX_PARAMS} applications`] };
}

/** The first generator's sets, each overridden by sets of the others that agree on the merge keys. */
function mergeOf(survey: Survey, merge: Cursor, outer: Params): Generated {
  const keys = merge.get('mergeKeys').strings();
  const [base, ...others] = merge
    .get('generators')
    .items()
    .map((generator) => generateOne(survey, generator, outer));
  if (base === undefined) return { params: [], unknown: [] };
  const keyOf = (params: Params): string => JSON.stringify(keys.map((key) => fillIn(`{{${key}}}`, params)));
  const overrides = Map.groupBy(
    others.flatMap((other) => other.params),
    keyOf,
  );
  const params = base.params.map((own) =>
    (overrides.get(keyOf(own)) ?? []).reduce<Params>((under, over) => mergeValues(under, over), own),
  );
  return { params, unknown: [base, ...others].flatMap((part) => part.unknown) };
}

function asParams(value: unknown): Params[] {
  return isMapping(value) ? [value] : [];
}
