/** Writing the durable source: what the command line, an admin route or an incident script calls. */
import { EVERYBODY, KINDS, type Kind } from './types.ts';

/** The part of a `pg` Client, PoolClient or Pool that is used. */
export interface PgQueryable {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

export interface NewRevocation {
  readonly kind: Kind;
  readonly value: string;
  /** Unix seconds, with the issued-before kinds: tokens issued in this second or before are refused. */
  readonly issuedBefore?: number;
  /** The last expiry of a token it is about, plus the skew of clocks. */
  readonly until: Date;
  readonly by: string;
  readonly reason: string;
  readonly incident?: string;
}

export interface RevocationRow {
  readonly id: number;
  readonly kind: Kind;
  readonly value: string;
  readonly issuedBefore?: number;
  readonly until: Date;
  readonly by: string;
  readonly reason: string;
  readonly incident?: string;
  readonly at: Date;
  readonly liftedBy?: number;
}

/** Appends a revocation. Throws on what the table would refuse, before asking it. */
export async function revoke(client: PgQueryable, revocation: NewRevocation): Promise<{ readonly id: number }> {
  demandSound(revocation);
  const { kind, value, issuedBefore, until, by, reason, incident } = revocation;
  const { rows } = await client.query(
    `INSERT INTO denylist (kind, value, issued_before, until, revoked_by, reason, incident)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    [kind, value, issuedBefore ?? null, until, by, reason, incident ?? null],
  );
  return { id: Number(rows[0]?.['id']) };
}

/** Appends the lifting of a revocation; throws when there is none of that id in force, and on what the table would refuse. */
export async function lift(
  client: PgQueryable,
  { id, by, reason }: { readonly id: number; readonly by: string; readonly reason: string },
): Promise<{ readonly id: number }> {
  demandText({ by, reason });
  const insert = client.query(
    `INSERT INTO denylist (kind, value, issued_before, until, lifts, revoked_by, reason)
     SELECT kind, value, issued_before, until, id, $2, $3 FROM denylist d
     WHERE id = $1 AND lifts IS NULL AND NOT EXISTS (SELECT 1 FROM denylist l WHERE l.lifts = d.id) RETURNING id`,
    [id, by, reason],
  );
  // Of two at the same time the second waits for the first, and then sees no more than there was when it began.
  const { rows } = await insert.catch((error: unknown) => {
    if ((error as { constraint?: unknown }).constraint === 'denylist_lifts_key') return { rows: [] };
    throw error;
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`no revocation ${id} is in force: it does not exist, or was lifted already`);
  return { id: Number(row['id']) };
}

/** Newest first; with `all` also what has ended or was lifted. */
export async function listRevocations(
  client: PgQueryable,
  { all = false, limit = 1000 }: { readonly all?: boolean; readonly limit?: number } = {},
): Promise<RevocationRow[]> {
  const { rows } = await client.query(
    `SELECT d.*, l.id AS lifted_by FROM denylist d LEFT JOIN denylist l ON l.lifts = d.id
     WHERE d.lifts IS NULL AND ($1 OR (l.id IS NULL AND d.until > now())) ORDER BY d.id DESC LIMIT $2`,
    [all, limit],
  );
  return rows.map((row) => ({
    id: Number(row['id']),
    kind: row['kind'] as Kind,
    value: String(row['value']),
    until: new Date(row['until'] as Date),
    by: String(row['revoked_by']),
    reason: String(row['reason']),
    at: new Date(row['at'] as Date),
    ...(row['issued_before'] === null ? {} : { issuedBefore: Number(row['issued_before']) }),
    ...(row['incident'] === null ? {} : { incident: String(row['incident']) }),
    ...(row['lifted_by'] === null ? {} : { liftedBy: Number(row['lifted_by']) }),
  }));
}

function demandSound({ kind, value, issuedBefore, until, by, reason, incident }: NewRevocation): void {
  if (!KINDS.includes(kind)) throw new Error(`${kind} is no kind of revocation: expected one of ${KINDS.join(', ')}`);
  demandText({ value, by, reason, incident });
  if (kind.endsWith('issued-before') !== (issuedBefore !== undefined))
    throw new Error(`${kind} ${issuedBefore === undefined ? 'needs' : 'takes no'} issuedBefore`);
  if (issuedBefore !== undefined && !Number.isSafeInteger(issuedBefore))
    throw new Error(`issuedBefore is ${issuedBefore}: expected whole Unix seconds`);
  if (kind === 'issued-before' && value !== EVERYBODY) throw new Error(`issued-before holds for "${EVERYBODY}" only`);
  if (Number.isNaN(until.getTime())) throw new Error('until is no date');
  // Milliseconds are the usual mistake: they would refuse every token, those of whoever lifts it included.
  if (issuedBefore !== undefined && issuedBefore * 1000 > until.getTime())
    throw new Error(`issuedBefore is ${issuedBefore}, after until: expected Unix seconds`);
}

/** Characters that each column takes. */
const LONGEST = { value: 512, by: 256, reason: 1024, incident: 256 } as const;

function demandText(texts: Readonly<Partial<Record<keyof typeof LONGEST, string | undefined>>>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (text === undefined) continue;
    const most = LONGEST[name as keyof typeof LONGEST];
    const { length } = name === 'reason' ? text.trim() : text;
    if ((length < 1 && name !== 'incident') || text.length > most)
      throw new Error(`${name} has 1 to ${most} characters, this one ${length}`);
    // The database would refuse the first, and store another text for the second, which then matches no token.
    if (text.includes('\0') || !text.isWellFormed())
      throw new Error(`${name} holds a NUL or half of a surrogate pair, which the database does not store`);
  }
}
