/** Finds and changes what a pattern names in a plain value. */
import { REMOVED } from './types.ts';

export type Path = readonly (string | number)[];

/** Every place of a value that a pattern such as `spec.containers.*.image` names and that exists. */
export function placesOf(value: unknown, pattern: string): Path[] {
  return descend(value, keysOf(pattern), []);
}

/** `a.[b.c].*` as its keys. */
function keysOf(pattern: string): string[] {
  return [...pattern.matchAll(/\[([^\]]+)\]|[^.[\]]+/g)].map(([whole, bracketed]) => bracketed ?? whole);
}

function descend(value: unknown, [key, ...rest]: readonly string[], path: Path): Path[] {
  if (key === undefined) return [path];
  if (typeof value !== 'object' || value === null) return [];
  const keys = key === '*' ? Object.keys(value) : key in value ? [key] : [];
  return keys.flatMap((one) =>
    descend((value as Record<string, unknown>)[one], rest, [...path, Array.isArray(value) ? Number(one) : one]),
  );
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], value);
}

/** A copy with one place changed, or taken away. */
export function changed<T>(value: T, path: Path, to: unknown): T {
  const copy = structuredClone(value);
  const last = path.at(-1) as string | number;
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  if (to !== REMOVED) parent[last] = to;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
}
