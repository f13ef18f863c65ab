/** Keyset pages: the cursor names the last row of the page before, so pages neither skip nor repeat while rows are added. */
import { z } from 'zod';
import { Problem } from './problem.ts';

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(256).optional(),
});

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().optional() });
}

export interface Place {
  readonly at: string;
  readonly id: string;
}

/** PostgreSQL knows no year 0, and no time of more than some hundred characters. */
const place = z.object({
  at: z.iso
    .datetime()
    .max(32)
    .regex(/^(?!0000)/),
  id: z.uuid(),
});

/** Where a page begins; without a cursor, before the newest. */
export function fromCursor(cursor: string | undefined): Place {
  if (cursor === undefined) return { at: '9999-12-31T00:00:00.000Z', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
  const [at, id] = Buffer.from(cursor, 'base64url').toString('latin1').split('|');
  const parsed = place.safeParse({ at, id });
  if (!parsed.success) throw new Problem(400, 'Bad request', 'The cursor is not one that was handed out.');
  return parsed.data;
}

/** One row more than asked for was read: it only says that there is another page. */
export function page<T, R extends { created_at: Date; id: string }>(rows: R[], limit: number, show: (row: R) => T) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: items.map(show),
    ...(more ? { next: Buffer.from(`${last.created_at.toISOString()}|${last.id}`).toString('base64url') } : {}),
  };
}
