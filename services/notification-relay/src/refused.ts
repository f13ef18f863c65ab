/**
 * Rows that cannot be published. They are tried again later and later, and their users' next ones wait for them; after the last try they are set
 * aside for people, and the next ones go on. What is nobody's fault but that of Redis is not counted against a row.
 */
import type { OutboxRow, Queryable } from './relay.ts';

/** Tries of a row, over about half a minute. */
export const MOST_ATTEMPTS = 6;

export const REFUSED_SQL = {
  note: `UPDATE outbox SET attempts = attempts + 1, last_error = $2, next_attempt_at =
  CASE WHEN attempts + 1 >= $3 THEN 'infinity' ELSE now() + interval '1 second' * 2 ^ attempts END
WHERE id = $1 RETURNING next_attempt_at = 'infinity' AS set_aside`,
} as const;

/** No message can be made of the row. */
export class NoMessage extends Error {
  override readonly name = 'NoMessage';
}

/** A row, and what was said when it was to be published. */
export interface Refused {
  readonly row: OutboxRow;
  readonly error: Error;
}

export interface Noted extends Refused {
  /** It is not tried again. */
  readonly setAside: boolean;
}

/** Whether Redis has answered, with an error; it has not where it is away or late. */
export function isAnswer(error: Error): boolean {
  return error.name === 'ReplyError';
}

export async function note(sql: Queryable, refused: readonly Refused[]): Promise<Noted[]> {
  const noted: Noted[] = [];
  for (const { row, error } of refused) {
    const { rows } = await sql.query<{ set_aside: boolean }>(REFUSED_SQL.note, [
      row.id,
      oneLine(error.message),
      MOST_ATTEMPTS,
    ]);
    noted.push({ row, error, setAside: rows[0]?.set_aside === true });
  }
  return noted;
}

/** As the column takes it. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, 400);
}
