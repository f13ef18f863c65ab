import { resolvePath, ROOT } from './paths.ts';
import type { Survey } from './survey.ts';

/** A `helm` call in a pipeline or a script that installs a chart of this repository. */
export interface HelmCommand {
  readonly file: string;
  readonly chart: string;
  readonly release: string;
  readonly valuesFiles: readonly string[];
  readonly namespace?: string;
}

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
      return callsIn(text).flatMap((words) => readCall(survey, charts, file, words) ?? []);
    });
}

/** The words after `helm upgrade`, `helm install` or `helm template`, continued lines joined, quotes dropped. */
function callsIn(text: string): string[][] {
  return text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => {
      const call = /\bhelm\s+(?:upgrade|install|template)\s+(?<words>[^#;|&]*)/.exec(line)?.groups?.['words'];
      return call === undefined ? [] : [call.replaceAll(/["']/g, '').trim().split(/\s+/)];
    });
}

function readCall(
  survey: Survey,
  charts: ReadonlySet<string>,
  file: string,
  words: readonly string[],
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
  return { file, chart, release, valuesFiles, ...plain };
}
