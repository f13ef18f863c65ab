import type { DataClass, DirectiveClass, RepoDocument, SourceClass, TextClass } from '../../model/document.ts';
import type { Gap } from '../../model/platform.ts';
import { classify, formatOf } from '../read/classify.ts';
import { readDirectives } from '../read/directives.ts';
import type { ReadProblem } from '../read/stream.ts';
import type { LeftOut } from './discovery.ts';
import { isKustomizationFile } from './kustomization.ts';
import { baseName } from './paths.ts';
import type { Survey } from './survey.ts';

interface DocumentsFound {
  readonly documents: readonly RepoDocument[];
  readonly gaps: readonly Gap[];
  readonly leftOut: readonly LeftOut[];
}

type Collected = { documents: RepoDocument[]; gaps: Gap[]; leftOut: LeftOut[] };

/** Reads everything of the repository that is neither an object of Kubernetes nor Terraform: workflows, rules, configuration, prose. */
export function findDocuments(survey: Survey): DocumentsFound {
  const found: Collected = { documents: [], gaps: [], leftOut: [] };
  for (const path of survey.sources.tree.files) {
    const format = formatOf(path);
    if (format === undefined || format === 'hcl' || format === 'hcl-json' || isLeftOut(survey, path)) continue;
    if (format === 'data') readData(survey, path, found);
    else readText(survey, path, found);
  }
  return found;
}

function isLeftOut(survey: Survey, path: string): boolean {
  return !isSettings(path) && survey.leftOut(path) !== undefined;
}

/** Folders such as `.github` hold nothing that runs, but settings that count. */
export function isSettings(path: string): boolean {
  return /^\.(?:github|gitlab|circleci)(?:\/|$)/.test(path);
}

function readData(survey: Survey, path: string, found: Collected): void {
  const { sources } = survey;
  if (!mayBeDocument(survey, path)) return;
  const stream = sources.yaml(path);
  for (const { value, index } of stream.documents) {
    const kind = classify(path, value);
    if (kind === undefined || kind === 'kubernetes') continue;
    const origin = { path, document: index };
    found.documents.push({ class: kind as DataClass, path, data: value, origin });
  }
  const problem = stream.problems[0];
  if (problem !== undefined) addProblem(survey, path, problem, found);
}

/** Templates belong to their renderer, and manifests to their deployable; of JSON only what may be a dashboard, a ruleset, logins or a bot's. */
function mayBeDocument(survey: Survey, path: string): boolean {
  const text = survey.sources.text(path, []);
  if (typeof text !== 'string' || isKustomizationFile(path) || baseName(path) === 'Chart.yaml') return false;
  if (/\/templates\//.test(path) && survey.chartAround(path) !== undefined) return false;
  if (isManifest(text)) return false;
  if (survey.sources.isTemplate(path)) return false;
  if (!/\.json[5c]?$/.test(path)) return true;
  return (
    /"(?:schemaVersion|enforcement|enforce_admins|protection_rules|scrape_configs|groups|receivers|services|planned_values|auths|current-context)"/.test(
      text,
    ) || /renovate/.test(path)
  );
}

/** Told without parsing, by a line of a document; OpenSLO's files, kubeconfigs and what provisions Grafana (`apiVersion: 1`) have it too. */
function isManifest(text: string): boolean {
  if (
    !text.includes('apiVersion') ||
    !/^["']?apiVersion["']?[ \t]*:(?![ \t]*(?:["']?openslo\/|\d+[ \t]*\r?$))/m.test(text)
  )
    return false;
  return !/^["']?kind["']?[ \t]*:[ \t]*["']?Config["']?[ \t]*\r?$/m.test(text);
}

function addProblem(survey: Survey, path: string, problem: ReadProblem, found: Collected): void {
  const text = survey.sources.text(path, []);
  const hides = typeof text === 'string' ? classOfBroken(path, text) : undefined;
  const { line, column } = problem;
  if (hides === undefined)
    found.leftOut.push({ path, reason: `it cannot be parsed (line ${line}), and says nothing that is read here` });
  else found.gaps.push({ path, line, column, reason: problem.message, fix: `Correct line ${line}.`, hides: [hides] });
}

/** What a file that cannot be parsed was meant to be, going by its path and its top-level keys. */
function classOfBroken(path: string, text: string): SourceClass | undefined {
  const byPath = classify(path, {});
  if (byPath !== undefined) return byPath;
  const has = (key: string): boolean => new RegExp(`^["']?${key}["']?[ \\t]*:`, 'm').test(text);
  if (has('scrape_configs')) return 'prometheus-config';
  if (has('contactPoints') || has('policies') || has('muteTimes')) return 'grafana-alerting';
  if (has('alertmanager_config')) return 'alertmanager-config';
  if (has('groups')) return 'prometheus-rules';
  if (has('slos')) return 'slo-spec';
  if (has('receivers')) return has('route') ? 'alertmanager-config' : 'otel-collector';
  return has('services') ? 'compose' : undefined;
}

function readText(survey: Survey, path: string, found: Collected): void {
  const text = survey.sources.text(path, []);
  if (typeof text !== 'string') {
    const hides = classify(path, '');
    if (hides !== undefined) found.gaps.push({ ...text, hides: [hides] });
    return;
  }
  const kind = classify(path, text);
  if (kind === undefined) return;
  if (isTextClass(kind)) {
    found.documents.push({ class: kind, path, text });
    return;
  }
  const { directives, problems } = readDirectives(kind as DirectiveClass, text, path);
  found.documents.push({ class: kind as DirectiveClass, path, directives });
  for (const { message, line, column } of problems)
    found.gaps.push({ path, line, column, reason: message, fix: `Correct line ${line}.`, hides: [kind] });
}

function isTextClass(kind: SourceClass): kind is TextClass {
  return TEXTS.has(kind);
}

const TEXTS: ReadonlySet<SourceClass> = new Set<TextClass>([
  'markdown',
  'security-policy',
  'price-table',
  'metrics-capture',
  'login-file',
]);
