import { resolvePath, ROOT } from './paths.ts';
import type { Survey } from './survey.ts';
import { mergeValues, withParameter } from './values.ts';

/** A `helm` call in a pipeline or a script that installs a chart of this repository. */
export interface HelmCommand {
  readonly file: string;
  readonly chart: string;
  readonly release: string;
  readonly valuesFiles: readonly string[];
  readonly namespace?: string;
  /** Where it starts. */
  readonly line: number;
  /** What `--set` adds, as far as it is written out. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Names of values that are made of variables, except those of images: which one is deployed is never in the repository. */
  readonly unknown: readonly string[];
}

/** Options that set a value, and whether it is text. */
const SETTERS: Readonly<Record<string, boolean>> = { '--set': false, '--set-string': true };

/** Parts between commas, those in braces or behind a backslash aside. */
const ASSIGNMENTS = /(?:\\[\s\S]|\{[^{}]*\}|[^,])+/g;

/** Values that name an image or its build. */
const IMAGE = /image|tag|digest|version|sha|commit|build/i;

/** Files in which people deploy by hand or by pipeline. */
const SCRIPTS =
  /^(?:\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.circleci\/config\.yml|azure-pipelines\.ya?ml|Jenkinsfile)$|(?:^|\/)(?:Makefile|Taskfile\.ya?ml|justfile|[^/]+\.sh)$/;

/** Options of `helm upgrade`, `install` and `template` that take no value. */
const SWITCHES =
  /^(?:-i|--(?:install|wait|wait-for-jobs|atomic|force|create-namespace|dry-run|debug|reset-values|reuse-values|dependency-update|cleanup-on-fail|skip-crds|include-crds|no-hooks|generate-name))$/;

/**
 * The charts that pipelines and scripts install, with the values files they name. Calls whose chart or values are made of variables
 * tell nothing and are passed over.
 */
export function helmCommands(survey: Survey): HelmCommand[] {
  const charts = new Set(survey.charts.map(({ folder }) => folder));
  if (charts.size === 0) return [];
  return survey.sources.tree.files
    .filter((file) => SCRIPTS.test(file) && (file.startsWith('.') || survey.leftOut(file) === undefined))
    .flatMap((file) => {
      const text = survey.sources.text(file, []);
      if (typeof text !== 'string' || !text.includes('helm ')) return [];
      return callsIn(text).flatMap((call) => readCall(survey, charts, file, call) ?? []);
    });
}

/** A call as it is written: the words behind `helm upgrade`, and the line where it starts. */
interface Call {
  readonly words: readonly string[];
  readonly line: number;
}

/**
 * The calls of `helm upgrade` and `helm install`, continued lines joined, quotes dropped; and of `helm template` where its output is
 * applied: elsewhere it is looked at by a linter.
 */
function callsIn(text: string): Call[] {
  return commandLines(text).flatMap(({ written, line }) => {
    const call = /\bhelm\s+(?<verb>upgrade|install|template)\s+(?<words>[^#;|&]*)(?<then>.*)/.exec(written)?.groups;
    if (call?.['words'] === undefined) return [];
    const applied = /^\|.*\bkubectl\b.*\s(?:apply|create|replace)\b/.test(call['then'] ?? '');
    if (call['verb'] === 'template' && !applied) return [];
    const words = call['words'].match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
    return [{ words: words.map((word) => word.replaceAll(/["']/g, '')), line }];
  });
}

/** Lines of a script, those that a backslash continues as one; expressions of a pipeline hold no spaces then. */
function commandLines(text: string): { written: string; line: number }[] {
  const lines = text.split(/\r?\n/);
  const commands: { written: string; line: number }[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = at + 1;
    const parts = [lines[at] ?? ''];
    while (parts.at(-1)?.endsWith('\\') === true && at + 1 < lines.length) parts.push(lines[(at += 1)] ?? '');
    const written = parts.map((part, index) => (index < parts.length - 1 ? part.slice(0, -1) : part)).join(' ');
    if (written.includes('helm '))
      commands.push({ written: written.replaceAll(/\$\{\{[^{}]*\}\}/g, (whole) => whole.replaceAll(' ', '')), line });
  }
  return commands;
}

function readCall(
  survey: Survey,
  charts: ReadonlySet<string>,
  file: string,
  { words, line }: Call,
): HelmCommand | undefined {
  const positional: string[] = [];
  const options: [string, string][] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) positional.push(word);
    else if (word.includes('=')) options.push([word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
    else if (!SWITCHES.test(word)) options.push([word, words[(at += 1)] ?? '']);
  }
  const [release = '', written = ''] = positional;
  const chart = resolvePath(ROOT, written);
  if (chart === undefined || !charts.has(chart) || release.includes('$')) return undefined;
  const valuesFiles = options
    .filter(([name]) => name === '-f' || name === '--values')
    .flatMap(([, value]) => value.split(','))
    .map((value) => resolvePath(ROOT, value) ?? value);
  if (valuesFiles.length === 0 || !valuesFiles.every((value) => survey.sources.tree.has(value))) return undefined;
  const namespace = options.find(([name]) => name === '-n' || name === '--namespace')?.[1];
  const plain = namespace === undefined || namespace.includes('$') ? {} : { namespace };
  return { file, chart, release, valuesFiles, ...plain, line, ...setBy(survey, options, valuesFiles) };
}

function setBy(
  survey: Survey,
  options: readonly (readonly [string, string])[],
  files: readonly string[],
): Pick<HelmCommand, 'values' | 'unknown'> {
  const under = files.reduce<Record<string, unknown>>(
    (merged, file) => mergeValues(merged, survey.sources.mapping(file) ?? {}),
    {},
  );
  const unknown: string[] = [];
  let values: Record<string, unknown> | undefined;
  for (const [option, written] of options.filter(([name]) => name.startsWith('--set'))) {
    for (const assignment of written.match(ASSIGNMENTS) ?? []) {
      const equals = assignment.indexOf('=');
      const name = equals === -1 ? assignment : assignment.slice(0, equals);
      const text = assignment.slice(name.length + 1).replaceAll('\\,', ',');
      const asString = SETTERS[option];
      const known = asString !== undefined && !assignment.includes('$');
      const set = known ? withParameter(values ?? {}, under, { name, text, asString }) : undefined;
      if (set !== undefined) values = set;
      else if (!IMAGE.test(name)) unknown.push(name);
    }
  }
  return { ...(values === undefined ? {} : { values }), unknown };
}
