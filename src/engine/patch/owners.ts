import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isMapping } from '../../model/cursor.ts';
import { LaunchgateError } from '../../model/errors.ts';
import { below, type Origin, type Pointer } from '../../model/origin.ts';
import type { FileTree } from '../../model/world.ts';
import { parseYamlDocuments } from '../read/yaml.ts';
import { isScalar, valueAt } from '../trace/pointers.ts';
import { givenLabels, type Labels } from './given.ts';
import { refusal } from './refusal.ts';

/** What is known of rendered output: the source that owns a value, and the value itself. */
export interface Sources {
  /** Follows a rendered value to the source that owns it; the identity for what was read from a file. */
  owner(origin: Origin): Origin;
  /** What the rendered output holds at an origin. */
  rendered(origin: Origin): unknown;
  /** Whether the source that owns the value makes other values of the output too. */
  shared(origin: Origin): boolean;
  /** Where a file or folder lies when links are followed: `git apply` and `patch` write through none. */
  real(path: string): string;
}

/** For files that are what runs. */
export const AS_WRITTEN: Sources = {
  owner: (origin) => origin,
  rendered: () => undefined,
  shared: () => false,
  real: (path) => path,
};

/** The files as they are after the earlier patches; `undefined` for one that is not there. */
export type Current = (path: string) => string | undefined;

/** A place in a file that an edit may change. */
interface Place {
  readonly path: string;
  readonly document: number;
  readonly pointer: Pointer;
  /** Labels that rendering gives to the selectors there. */
  readonly given: Labels;
}

/** What an object is added beside. */
export interface Neighbour {
  readonly path: string;
  /** The namespace that rendering gives to it, where its source names none. */
  readonly givenNamespace: unknown;
  /** The labels that rendering gives to its selector. */
  readonly given: Labels;
}

/** The places that patches change. Each throws a LaunchgateError where the source of a rendered value cannot be changed in its stead. */
export interface Owners {
  editable(origin: Origin): Place;
  removable(origin: Origin): Place;
  neighbour(origin: Origin): Neighbour;
}

/**
 * What owns a rendered value is where a person looks; it may be the text of an inline patch, a prefix or a tag, which an edit would
 * destroy. So only a place that holds the very value that was rendered is changed.
 */
export function ownersIn(tree: FileTree, sources: Sources, current: Current): Owners {
  const { owner, rendered, shared } = sources;
  const place = (origin: Origin): Place & { readonly body: unknown } => {
    const { path: named, document = 0, pointer } = owner(origin);
    const path = tree.has(sources.real(named)) ? sources.real(named) : named;
    const body = tree.has(path) ? bodyOf(tree.text(path), path, document) : undefined;
    if (pointer === undefined || body === undefined) throw elsewhere(origin, path);
    if (origin.rendered !== undefined && !isOf(valueAt(body, pointer), rendered(origin))) throw elsewhere(origin, path);
    if (isScalar(rendered(origin)) && shared(origin)) throw usedElsewhere(origin, path, pointer);
    demandUnmoved(body, bodyOf(current(path) ?? '', path, document), pointer);
    return { path, document, pointer, body, given: givenLabels(sources, origin) };
  };
  const inRealFolder = (path: string): string => posix.join(sources.real(posix.dirname(path)), posix.basename(path));
  return {
    editable: place,
    removable: (origin) => {
      const found = place(origin);
      return { ...found, pointer: wholeEntry(found.body, found.pointer) };
    },
    neighbour: (origin) => {
      if (origin.rendered === undefined)
        return { path: inRealFolder(owner(origin).path), givenNamespace: undefined, given: {} };
      const metadata = below({ ...origin, pointer: origin.pointer ?? [] }, 'metadata');
      const { body, given } = place(below(metadata, 'name'));
      const path = inRealFolder(owner(below(metadata, 'name')).path);
      const isWritten = valueAt(body, ['metadata', 'namespace']) !== undefined;
      return { path, given, givenNamespace: isWritten ? undefined : rendered(below(metadata, 'namespace')) };
    },
  };
}

/** A pointer counts the items of the lists as they were: after one is removed, those behind it have other places. */
function demandUnmoved(before: unknown, now: unknown, pointer: Pointer): void {
  for (const [depth, key] of pointer.entries()) {
    if (typeof key !== 'number') continue;
    const [old, list] = [before, now].map((body) => valueAt(body, pointer.slice(0, depth)));
    if (Array.isArray(old) && (!Array.isArray(list) || list.length < old.length))
      throw new LaunchgateError('internal', 'another patch removes an item of the same list', {
        next: 'Apply that one, then run synth again.',
      });
  }
}

function bodyOf(text: string, path: string, document: number): unknown {
  const { documents } = parseYamlDocuments(text, { dialect: 'kubernetes', path });
  return documents.find(({ index }) => index === document)?.value;
}

/** Collections may be put together from several sources: what is set in one of them is merged with the others. */
function isOf(written: unknown, rendered: unknown): boolean {
  if (Array.isArray(rendered)) return Array.isArray(written);
  if (isMapping(rendered)) return isMapping(written);
  return isDeepStrictEqual(written ?? undefined, rendered ?? undefined);
}

/** An operation of a JSON patch without its value (RFC 6902, 4.1) and a count of replicas without its count are none: they go as a whole. */
function wholeEntry(body: unknown, pointer: Pointer): Pointer {
  const [first, second, third] = pointer;
  if (Array.isArray(body) && second === 'value' && pointer.length === 2) return without(body, [], Number(first));
  if (isMapping(body) && first === 'replicas' && third === 'count' && Array.isArray(body['replicas']))
    return without(body['replicas'], ['replicas'], Number(second));
  return pointer;
}

/** The pointer to an item, or to its list where it is the only one. */
function without(list: readonly unknown[], at: Pointer, index: number): Pointer {
  return list.length === 1 && at.length > 0 ? at : [...at, index];
}

function usedElsewhere({ pointer = [] }: Origin, path: string, owner: Pointer): LaunchgateError {
  return refusal(
    `${pointer.join('.')} comes from ${owner.join('.')} of ${path}, which the templates use elsewhere too`,
  );
}

function elsewhere({ pointer = [] }: Origin, path: string): LaunchgateError {
  return refusal(`${pointer.join('.')} comes from ${path} in a way that no edit can follow`);
}
