/** Text of a request that the stores could not keep as it came: PostgreSQL takes no NUL, and UTF-8 has no half of a surrogate pair. */
import { z } from 'zod';

/** Why somebody did something: of spaces alone it is none. */
export function reasonText(most: number) {
  return z.string().trim().min(3).max(most);
}

/** Path of the first text that cannot be kept, in values that a schema has let through. */
export function unkeepable(value: unknown, path: readonly string[] = []): readonly string[] | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = unkeepable(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
