import { parseDocument } from 'yaml';
import { isMapping, type Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { PlatformView } from '../../../../model/platform.ts';

/** A configuration file that lies in a ConfigMap or Secret. */
export interface Embedded {
  readonly key: string;
  readonly text: string;
  readonly origin: Origin;
}

const LARGEST = 1 << 20;
const MOST_ALIASES = 200;

/** The files of a ConfigMap or Secret, decoded. */
export function filesOf(object: KubeObject): Embedded[] {
  const body = cursor(object);
  const plain = ['stringData', ...(object.kind === 'ConfigMap' ? ['data'] : [])].flatMap((field) =>
    body.get(field).entries(),
  );
  const encoded = object.kind === 'Secret' ? body.get('data').entries() : [];
  return [...plain.map(([key, at]) => file(key, at, asIs)), ...encoded.map(([key, at]) => file(key, at, decoded))];
}

function file(key: string, at: Cursor, read: (text: string) => string): Embedded {
  return { key, text: read(typeof at.value === 'string' ? at.value : ''), origin: at.origin };
}

function asIs(text: string): string {
  return text;
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

/** The YAML of a file, or why there is none. */
export function parseEmbedded({ text }: Embedded): { readonly data: unknown } | { readonly problem: string } {
  if (text.length > LARGEST) return { problem: 'it is larger than 1 MiB' };
  const document = parseDocument(text, { uniqueKeys: true, merge: true });
  const [error] = document.errors;
  if (error !== undefined) return { problem: `it is no valid YAML: ${error.message.split('\n')[0] ?? ''}` };
  try {
    return { data: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown };
  } catch {
    return { problem: 'its aliases expand to too much' };
  }
}

/**
 * Where the values of an embedded file are best shown: in the file of the repository that it was generated from, if there is one with
 * the same content, else at the key that holds it.
 */
export function originOf(
  view: PlatformView,
  kind: 'alertmanager-config' | 'prometheus-config',
  data: unknown,
  embedded: Embedded,
): { readonly origin: Origin; readonly inFile: boolean } {
  const written = JSON.stringify(data);
  const source = view.data(kind).find((document) => JSON.stringify(document.data) === written);
  return source === undefined ? { origin: embedded.origin, inFile: false } : { origin: source.origin, inFile: true };
}

/** Pointers into an embedded text lead nowhere in the file around it: everything is shown at its key. */
export function shownAt<T>(found: T, origin: Origin): T {
  return JSON.parse(JSON.stringify(found), (key, value: unknown) => (key === 'origin' ? origin : value)) as T;
}

export function isAlertmanagerConfig(data: unknown): boolean {
  return isMapping(data) && isMapping(data['route']) && Array.isArray(data['receivers']);
}
