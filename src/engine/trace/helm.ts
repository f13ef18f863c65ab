import type { KubeObject } from '../../model/kube.ts';
import type { Origin, Pointer } from '../../model/origin.ts';
import type { Deployable } from '../../model/platform.ts';
import { inFolder } from '../discover/paths.ts';
import type { Survey } from '../discover/survey.ts';
import { splitDocuments } from '../read/yaml-stream.ts';
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
  const text = survey.sources.text(template.path, []);
  const place = typeof text === 'string' ? findInTemplate(text, object, pointer) : undefined;
  if (place === undefined) return { path: template.path };
  return (
    ownerAmongValues(survey, deployable, template, place, pointer.slice(place.depth)) ?? {
      path: template.path,
      line: place.line,
      column: place.column,
    }
  );
}

/** Helm writes `# Source: chart/templates/x.yaml` above each document; subcharts as `chart/charts/sub/templates/x.yaml`. */
function templateOf(survey: Survey, deployable: Deployable, yaml: string, document: number): Template | undefined {
  const segment = splitDocuments(yaml).find(({ index }) => index === document);
  const source = /^# Source: [^/\n]+\/(?<rest>.+)$/m.exec(segment?.text ?? '')?.groups?.['rest'];
  if (source === undefined) return undefined;
  const path = inFolder(deployable.path, source.trim());
  if (!survey.sources.tree.has(path)) return undefined;
  const subcharts = [...source.matchAll(/(?:^|\/)charts\/([^/]+)/g)].map((match) => match[1] ?? '');
  const own = subcharts.map((name) => `charts/${name}`).join('/');
  return { path, subcharts, chart: own === '' ? deployable.path : inFolder(deployable.path, own) };
}

/** Of several values on one line (`repository:tag`) the last that is set to something is the one a reader would change. */
function ownerAmongValues(
  survey: Survey,
  deployable: Deployable,
  template: Template,
  place: TemplatePlace,
  rest: Pointer,
): Origin | undefined {
  const direct = place.sources.flatMap(referencesIn);
  const references = direct.length > 0 ? direct : itemReferences(place);
  const owners = references.toReversed().flatMap((reference) => {
    const owner = setterOf(survey, deployable, template, reference);
    return owner === undefined ? [] : [{ ...owner, beyond: beyond(owner.value, rest) }];
  });
  const best = owners.find(({ value }) => value !== '' && value !== null) ?? owners[0];
  if (best === undefined) return undefined;
  const { origin, beyond: further } = best;
  return origin.pointer === undefined ? origin : { ...origin, pointer: [...origin.pointer, ...further] };
}

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
    return { origin: inlineOrigin(survey, deployable.declaredBy, fromParent), value: inline };
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

/** Inline values stand somewhere in the application's file, as YAML, as text or as a parameter: the first line that names the key. */
function inlineOrigin(survey: Survey, path: string, reference: Pointer): Origin {
  const text = survey.sources.text(path, []);
  const lines = typeof text === 'string' ? text.split(/\r\n|\r|\n/) : [];
  const parameter = lines.findIndex((line) => line.includes(`name: ${reference.join('.')}`));
  const key = lines.findIndex((line) => line.trimStart().startsWith(`${reference.at(-1) ?? ''}:`));
  const line = parameter === -1 ? key : parameter;
  return line === -1 ? { path } : { path, line: line + 1, column: 1 + (lines[line] ?? '').search(/\S/) };
}
