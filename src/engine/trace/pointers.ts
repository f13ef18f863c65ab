import { isMapping } from '../../model/cursor.ts';
import type { Pointer } from '../../model/origin.ts';

/** A pointer into rendered output, translated for a source. */
export interface Mapped {
  /** The whole pointer: translated as far as the source goes, unchanged beyond. */
  readonly pointer: Pointer;
  /** True when the source has a value at its end. */
  readonly complete: boolean;
  /** Steps that the source has. */
  readonly depth: number;
}

/** Fields that tell the items of a list apart, the merge keys of Kubernetes' own lists and what comes close to one elsewhere. */
const ITEM_KEYS = [
  'name',
  'containerPort',
  'mountPath',
  'port',
  'devicePath',
  'topologyKey',
  'key',
  'ip',
  'host',
  'path',
];

/** The value at a pointer, `undefined` where it leads nowhere. */
export function valueAt(root: unknown, pointer: Pointer): unknown {
  return pointer.reduce<unknown>(step, root);
}

/** Follows a pointer through rendered output and a source at once; list items are paired by what identifies them, not by position. */
export function mapPointer(rendered: unknown, source: unknown, pointer: Pointer): Mapped {
  const mapped: (string | number)[] = [];
  let [there, here] = [rendered, source];
  for (const [depth, key] of pointer.entries()) {
    const own = typeof key === 'number' ? pairedIndex(there, key, here) : key;
    const next = own === undefined ? undefined : step(here, own);
    if (own === undefined || next === undefined)
      return { pointer: [...mapped, ...pointer.slice(depth)], complete: false, depth };
    mapped.push(own);
    there = step(there, key);
    here = next;
  }
  return { pointer: mapped, complete: true, depth: pointer.length };
}

export function isScalar(value: unknown): boolean {
  return value !== undefined && (typeof value !== 'object' || value === null);
}

function step(value: unknown, key: string | number): unknown {
  if (typeof key === 'number') return Array.isArray(value) ? value[key] : undefined;
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Where a source's list holds the item that stands at `index` of the rendered one. */
function pairedIndex(renderedList: unknown, index: number, sourceList: unknown): number | undefined {
  if (!Array.isArray(sourceList)) return undefined;
  const item: unknown = Array.isArray(renderedList) ? renderedList[index] : undefined;
  const found = isMapping(item) ? indexOfSame(item, sourceList) : sourceList.indexOf(item);
  if (found >= 0) return found;
  const sameLength = Array.isArray(renderedList) && renderedList.length === sourceList.length;
  return sameLength && isMapping(item) && !ITEM_KEYS.some((key) => isScalar(item[key])) ? index : undefined;
}

function indexOfSame(item: Readonly<Record<string, unknown>>, list: readonly unknown[]): number {
  for (const key of ITEM_KEYS) {
    if (!isScalar(item[key])) continue;
    const found = list.findIndex((candidate) => isMapping(candidate) && candidate[key] === item[key]);
    if (found >= 0) return found;
  }
  return -1;
}
