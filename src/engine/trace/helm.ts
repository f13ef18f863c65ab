import type { KubeObject } from '../../model/kube.ts';
import type { Origin, Pointer } from '../../model/origin.ts';
import type { Deployable } from '../../model/platform.ts';
import { inFolder, isWithin } from '../discover/paths.ts';
import type { Survey } from '../discover/survey.ts';
import { splitDocuments } from '../read/yaml-stream.ts';
import { includedTemplates } from './included.ts';
import { inlineOrigin } from './inline-values.ts';
import { valueAt } from './pointers.ts';
import { findInTemplate, type TemplatePlace } from './template-lines.ts';

/** A template of a chart or of one of its subcharts. */
interface Template {
  readonly path: string;
  /** Names of the subcharts on the way, which prefix its values in the parent's files. */
  readonly subcharts: readonly string[];
  /** Folder of the chart it belongs to. */
  readonly chart: string;
}

/**
 * The source that owns a value of a chart's output: the key of the last values file that sets it where the template's line takes it
 * from `.Values`, else that line. Falls back to the template, then to `Chart.yaml`.
 */
export function traceHelm(
  survey: Survey,
  deployable: Deployable,
  yaml: string,
  object: KubeObject,
  pointer: Pointer,
): Origin {
  const template = templateOf(survey, deployable, yaml, object.origin.document ?? 0);
  if (template === undefined) return { path: inFolder(deployable.path, 'Chart.yaml') };
  const found = placeIn(survey, deployable, template, object, pointer);
  if (found === undefined) return { path: template.path };
  const { path, place } = found;
  const owner = ownerAmongValues(survey, deployable, template, place, pointer.slice(place.depth));
  return owner?.origin ?? { path, line: place.line, column: place.column };
}

/**
 * Whether the value that owns a place of the output is written out by other lines of the templates too: what changes it changes those.
 * Named templates of other charts may be evaluated with this one's values.
 */
export function isSharedValue(
  survey: Survey,
  deployable: Deployable,
  yaml: string,
  object: KubeObject,
  pointer: Pointer,
): boolean {
  const template = templateOf(survey, deployable, yaml, object.origin.document ?? 0);
  const found = template === undefined ? undefined : placeIn(survey, deployable, template, object, pointer);
  if (template === undefined || found === undefined) return false;
  const owner = ownerAmongValues(survey, deployable, template, found.place, pointer.slice(found.place.depth));
  if (owner === undefined) return false;
  const reference = owner.reference.join('.');
  const folder = inFolder(template.chart, 'templates');
  const files = survey.sources.tree.files.filter(
    (file) => isWithin(folder, file) || (file.endsWith('.tpl') && isWithin(deployable.path, file)),
  );
  const uses = files.flatMap((file) => {
    const text = survey.sources.text(file, []);
    return typeof text === 'string' ? text.split(/\r\n|\r|\n/).filter((line) => writesOut(line, reference)) : [];
  });
  return uses.length > 1;
}

/** Conditions only ask for a value. */
function writesOut(line: string, reference: string): boolean {
  return (
    !/^\s*\{\{-?\s*(?:if|else|with)\b/.test(line) && referencesIn(line).some((path) => path.join('.') === reference)
  );
}

/** In the template itself, or in the named template that makes the whole of its document. */
function placeIn(
  { sources }: Survey,
  { path: chart }: Deployable,
  { path }: Template,
  object: KubeObject,
  pointer: Pointer,
): { path: string; place: TemplatePlace } | undefined {
  const text = sources.text(path, []);
  if (typeof text !== 'string') return undefined;
  for (const candidate of [{ path, text }, ...includedTemplates(sources, chart, text)]) {
    const place = findInTemplate(candidate.text, object, pointer);
    if (place !== undefined) return { path: candidate.path, place };
  }
  return undefined;
}

/**
 * Helm writes `# Source: chart/templates/x.yaml` above each document; subcharts as `chart/charts/sub/templates/x.yaml`, under their
 * alias where they have one.
 */
function templateOf(survey: Survey, deployable: Deployable, yaml: string, document: number): Template | undefined {
  const segment = splitDocuments(yaml).find(({ index }) => index === document);
  const source = /^# Source: [^/\n]+\/(?<rest>.+)$/m.exec(segment?.text ?? '')?.groups?.['rest']?.trim();
  if (source === undefined) return undefined;
  const subcharts = [...source.matchAll(/(?:^|\/)charts\/([^/]+)/g)].map((match) => match[1] ?? '');
  const chart = subcharts.reduce((parent, name) => subchartFolder(survey, parent, name), deployable.path);
  const path = inFolder(chart, source.replace(/^(?:charts\/[^/]+\/)+/, ''));
  return survey.sources.tree.has(path) ? { path, subcharts, chart } : undefined;
}

function subchartFolder(survey: Survey, parent: string, name: string): string {
  const folder = inFolder(parent, `charts/${name}`);
  if (survey.sources.tree.has(inFolder(folder, 'Chart.yaml'))) return folder;
  const original = survey.charts.find((chart) => chart.folder === parent)?.aliases.get(name);
  return original === undefined ? folder : inFolder(parent, `charts/${original}`);
}

/**
 * Of several values on one line a credential (`user:password@host/database`) is what a finding is about, else the last that is set to
 * something (`repository:tag`) is the one a reader would change.
 */
function ownerAmongValues(
  survey: Survey,
  deployable: Deployable,
  template: Template,
  place: TemplatePlace,
  rest: Pointer,
): { origin: Origin; reference: Pointer } | undefined {
  const direct = place.sources.flatMap(referencesIn);
  const references = direct.length > 0 ? direct : itemReferences(place);
  const owners = references.toReversed().flatMap((reference) => {
    const owner = setterOf(survey, deployable, template, reference);
    return owner === undefined ? [] : [{ ...owner, reference, beyond: beyond(owner.value, rest) }];
  });
  const filled = owners.filter(({ value }) => value !== '' && value !== null);
  const best = filled.find(({ reference: names }) => CREDENTIAL.test(String(names.at(-1)))) ?? filled[0] ?? owners[0];
  if (best === undefined) return undefined;
  const { origin, reference, beyond: further } = best;
  const whole = origin.pointer === undefined ? origin : { ...origin, pointer: [...origin.pointer, ...further] };
  return { origin: whole, reference };
}

const CREDENTIAL = /(?:passw(?:or)?d|passphrase|secret|token)$/i;

/** `.Values.a.b` of a piece of template, each as a path. */
function referencesIn(text: string): string[][] {
  return [...text.matchAll(/\.Values((?:\.\w+)+)/g)].map((match) => (match[1] ?? '').slice(1).split('.'));
}

/** `.name` or `$item.name` within `range .Values.list`: that field of the item. */
function itemReferences({ range, sources }: TemplatePlace): Pointer[] {
  const [list] = range === undefined ? [] : referencesIn(range.action);
  const field = /\{\{-?\s*(?:\$\w+)?\.(\w+(?:\.\w+)*)/.exec(sources[0] ?? '')?.[1];
  if (list === undefined || range === undefined) return [];
  return [[...list, range.item, ...(field === undefined ? [] : field.split('.'))]];
}

/** Below a mapping of values the rest of the pointer is the same; an item that `range` made out of other things is not. */
function beyond(value: unknown, rest: Pointer): Pointer {
  if (rest.length === 0) return rest;
  if (valueAt(value, rest) !== undefined) return rest;
  return typeof rest[0] === 'number' ? rest.slice(0, valueAt(value, rest.slice(0, 1)) === undefined ? 0 : 1) : rest;
}

interface Setter {
  readonly origin: Origin;
  readonly value: unknown;
}

/** What sets a value last: the application, the values files from the last to the first, the chart, then the subchart's own. */
function setterOf(survey: Survey, deployable: Deployable, template: Template, reference: Pointer): Setter | undefined {
  const fromParent = reference[0] === 'global' ? reference : [...template.subcharts, ...reference];
  const inline = valueAt(deployable.helm?.values, fromParent);
  if (deployable.helm?.values !== undefined && inline !== undefined)
    return { origin: inlineOrigin(survey.sources, deployable, fromParent), value: inline };
  const files = [...(deployable.helm?.valuesFiles ?? []).toReversed(), inFolder(deployable.path, 'values.yaml')];
  for (const path of files) {
    const found = inValuesFile(survey, path, fromParent);
    if (found !== undefined) return found;
  }
  return template.subcharts.length === 0
    ? undefined
    : inValuesFile(survey, inFolder(template.chart, 'values.yaml'), reference);
}

function inValuesFile(survey: Survey, path: string, pointer: Pointer): Setter | undefined {
  if (!survey.sources.tree.has(path)) return undefined;
  const [first] = survey.sources.yaml(path).documents;
  const value = valueAt(first?.value, pointer);
  return value === undefined ? undefined : { origin: { path, document: first?.index ?? 0, pointer }, value };
}
