import { isDeepStrictEqual } from 'node:util';
import { isMapping } from '../../model/cursor.ts';
import type { Origin, Pointer } from '../../model/origin.ts';
import type { Deployable } from '../../model/platform.ts';
import { isApp } from '../discover/app-manifests.ts';
import type { Sources } from '../discover/sources.ts';
import { parseYamlDocuments } from '../read/yaml.ts';
import { inlinePlace } from './inline-text.ts';
import { valueAt } from './pointers.ts';

/** What an application sets on its own, and the place of it. */
interface Inline {
  readonly at: Pointer;
  readonly value: unknown;
  /** The place in the text that a block scalar holds. */
  readonly text?: { readonly whole: string; readonly pointer: Pointer };
}

/**
 * Where an application's file, or the pipeline that installs a chart, sets a value: a parameter, a key of `valuesObject` or of a
 * HelmRelease's `values`, a line of the text in `values`, a `--set`. Only the file where none of its documents says so. For an
 * application that was rendered, that application, with the path of the value among its values: see {@link placeOfInline}.
 */
export function inlineOrigin(sources: Sources, deployable: Deployable, reference: Pointer): Origin {
  if (deployable.declaredAt !== undefined) return { ...deployable.declaredAt, pointer: reference };
  const path = deployable.declaredBy;
  const value = valueAt(deployable.helm?.values, reference);
  const manifests = sources.manifests(path).filter(isApp);
  const own = manifests.filter(({ body }) => isOf(body, deployable));
  for (const { body, index } of own.length > 0 ? own : manifests) {
    const all = inlineIn(body, reference);
    const found = all.find((inline) => isDeepStrictEqual(inline.value, value)) ?? all[0];
    if (found === undefined) continue;
    const { at, text } = found;
    if (text === undefined) return { path, document: index, pointer: at };
    const { line, column } = inlinePlace(sources, { path, document: index, pointer: at }, text.whole, 0, text.pointer);
    return line === undefined ? { path, document: index, pointer: at } : { path, line, ...(column && { column }) };
  }
  return manifests.length > 0 ? { path } : setterLine(sources, path, reference);
}

/** The place in an application's body that sets a value. */
export function placeOfInline(body: unknown, reference: Pointer): Pointer | undefined {
  return inlineIn(body, reference)[0]?.at;
}

/** By its name, or the release it gives. */
function isOf(body: Readonly<Record<string, unknown>>, { helm }: Deployable): boolean {
  const release = helm?.release ?? '';
  const name = valueAt(body, ['metadata', 'name']);
  const namespace = valueAt(body, ['spec', 'targetNamespace']);
  const given = [
    valueAt(body, ['spec', 'releaseName']),
    ...helmOptions(body).map(({ options }) => options['releaseName']),
  ];
  return name === release || `${String(namespace)}-${String(name)}` === release || given.includes(release);
}

/** The `helm` options of an Application's sources, or of those that an ApplicationSet makes. */
function helmOptions(body: unknown): { at: Pointer; options: Readonly<Record<string, unknown>> }[] {
  return [['spec'], ['spec', 'template', 'spec']].flatMap((spec) => {
    const several = valueAt(body, [...spec, 'sources']);
    const sources = Array.isArray(several) ? several.map((_, index) => ['sources', index]) : [];
    return [['source'], ['sourceHydrator', 'drySource'], ...sources].flatMap((source) => {
      const at = [...spec, ...source, 'helm'];
      const options = valueAt(body, at);
      return isMapping(options) ? [{ at, options }] : [];
    });
  });
}

/** Everything in an application that sets the value, what counts most first. */
function inlineIn(body: unknown, reference: Pointer): Inline[] {
  const release = { at: ['spec', 'values', ...reference], value: valueAt(body, ['spec', 'values', ...reference]) };
  return [
    ...helmOptions(body).flatMap(({ at, options }) => [
      ...parameterOf(options['parameters'], at, reference),
      { at: [...at, 'valuesObject', ...reference], value: valueAt(options['valuesObject'], reference) },
      ...textOf(options['values'], at, reference),
    ]),
    release,
  ].filter(({ value }) => value !== undefined);
}

function parameterOf(parameters: unknown, at: Pointer, reference: Pointer): Inline[] {
  if (!Array.isArray(parameters)) return [];
  const name = reference.reduce<string>(
    (path, key) => path + (typeof key === 'number' ? `[${key}]` : `${path === '' ? '' : '.'}${key}`),
    '',
  );
  const index = parameters.findLastIndex(
    (parameter) => isMapping(parameter) && typeof parameter['name'] === 'string' && setsPartOf(parameter['name'], name),
  );
  return index === -1
    ? []
    : [{ at: [...at, 'parameters', index, 'value'], value: valueAt(parameters, [index, 'value']) }];
}

/** `hosts[0].name` sets a part of `hosts`. */
function setsPartOf(parameter: string, name: string): boolean {
  return parameter.startsWith(name) && /^(?:$|[.[])/.test(parameter.slice(name.length));
}

function textOf(text: unknown, at: Pointer, reference: Pointer): Inline[] {
  if (typeof text !== 'string') return [];
  const [first] = parseYamlDocuments(text, { dialect: 'kubernetes', path: 'values.yaml' }).documents;
  const value = valueAt(first?.value, reference);
  return [{ at: [...at, 'values'], value, text: { whole: text, pointer: reference } }];
}

/** The line of a script or pipeline with `--set name=`. */
function setterLine(sources: Sources, path: string, reference: Pointer): Origin {
  const text = sources.text(path, []);
  const lines = typeof text === 'string' ? text.split(/\r\n|\r|\n/) : [];
  const name = reference.join('.');
  const line = lines.findIndex(
    (written) => written.includes('--set') && ['=', '.', '['].some((next) => written.includes(`${name}${next}`)),
  );
  return line === -1 ? { path } : { path, line: line + 1, column: 1 + (lines[line] ?? '').search(/\S/) };
}
