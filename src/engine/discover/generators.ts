import { isMapping, type Cursor } from '../../model/cursor.ts';
import { globMatcher } from '../../model/glob.ts';
import { parseYamlDocuments } from '../read/yaml.ts';
import { fillIn, parameterOf, type Params } from './interpolate.ts';
import { takesParams } from './param-selector.ts';
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

/** What one generator of a set makes. */
export function generate(survey: Survey, generator: Cursor): Generated {
  return tooMany(generateOne(survey, generator, {}));
}

/** What a generator makes, less what its selector does not take; where only a cluster knows the parameters, nothing is taken out. */
function generateOne(survey: Survey, generator: Cursor, outer: Params): Generated {
  const made = unselected(survey, generator, outer);
  const selector = generator.get('selector');
  if (!selector.exists || made.unknown.length > 0) return made;
  return { ...made, params: made.params.filter((params) => takesParams(selector, params)) };
}

function unselected(survey: Survey, generator: Cursor, outer: Params): Generated {
  const list = generator.get('list');
  if (list.exists) return listOf(list, outer);
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

/** Its `elements`, and those of `elementsYaml`: YAML as text, in which a parameter of an outer generator may stand for all of it. */
function listOf(list: Cursor, outer: Params): Generated {
  const written = list.get('elements').items();
  const text = list.get('elementsYaml').string();
  const made = known(
    written.flatMap((item) => asParams(item.value)),
    list,
    outer,
  );
  if (text === undefined) return made;
  const elements = text.includes('{{')
    ? parameterOf(text, outer)
    : parseYamlDocuments(text, { dialect: 'kubernetes', path: 'elements.yaml' }).documents[0]?.value;
  if (!Array.isArray(elements)) return { ...made, unknown: ['the elementsYaml of its list generator'] };
  const more = known(elements.flatMap(asParams), list, outer);
  return { params: [...made.params, ...more.params], unknown: [] };
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
    .map((folder) => withPrefix(git, { path: folderParams(folder) }));
}

/** Parameters about a path, under the name that `pathParamPrefix` gives them. */
function withPrefix(git: Cursor, { path, ...others }: Params): Params {
  const prefix = git.get('pathParamPrefix').string();
  return prefix === undefined || prefix === '' ? { ...others, path } : { ...others, [prefix]: { path } };
}

function gitFiles(survey: Survey, git: Cursor, outer: Params): Params[] {
  return git
    .get('files')
    .items()
    .flatMap((entry) => {
      const matches = globMatcher(String(fillIn(entry.get('path').string() ?? '', outer)));
      const files = survey.sources.tree.files.filter((file) => matches?.(file) === true);
      return files.flatMap((file) => fileParams(survey, file)).map((params) => withPrefix(git, params));
    });
}

/** The mapping in a file, or each mapping of its list, with the path of its folder. */
function fileParams(survey: Survey, file: string): Params[] {
  const documents = survey.sources
    .yaml(file)
    .documents.flatMap(({ value }) => (Array.isArray(value) ? value : [value]));
  const filename = baseName(file);
  const path = { ...folderParams(folderOf(file)), filename, filenameNormalized: normalized(filename) };
  return documents.flatMap(asParams).map((own) => ({ ...own, path }));
}

function folderParams(folder: string): Params {
  const name = baseName(folder);
  return { path: folder, basename: name, basenameNormalized: normalized(name), segments: folder.split('/') };
}

function normalized(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9-]/g, '-').toLowerCase();
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

/** Cut to what one set may make. */
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
