/**
 * Accounts follow the identity provider: tenant and user are written when a token first names them. Standing is looked up at most every
 * 30 s per user and process; what takes effect at once is the deny-list. While PostgreSQL is away, the last known standing holds.
 */
import { Problem } from '../http/problem.ts';
import type { Principal } from '../identity/token.ts';
import { one, type Database } from '../stores/database.ts';

/** Stands in the deny-list, as the incident, of what a suspension has put there: its end lifts that, and no revocation that was made for another reason. */
export const SUSPENSION = 'suspension';

export const ACCOUNT_SQL = {
  standing: `SELECT CASE WHEN t.status = 'active' THEN u.status ELSE t.status END AS status
FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = $1 AND u.tenant_id = $2`,
  tenantSeen: 'INSERT INTO tenants (id, name) VALUES ($1, $1) ON CONFLICT (id) DO NOTHING',
  userSeen: `INSERT INTO users (id, tenant_id) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET tenant_id = excluded.tenant_id, updated_at = now()`,
  profile: `SELECT u.id, u.tenant_id, t.name AS tenant_name, u.status, u.created_at
FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = $1`,
  list: `SELECT u.id, u.tenant_id, t.name AS tenant_name, u.status, u.created_at
FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id > $1 ORDER BY u.id LIMIT $2`,
  setStatus: 'UPDATE users SET status = $2, updated_at = now() WHERE id = $1 RETURNING id, tenant_id, status',
  readmit: `INSERT INTO denylist (kind, value, until, lifts, revoked_by, reason) SELECT kind, value, until, id, $2, $3 FROM denylist d
WHERE kind = 'subject' AND value = $1 AND incident = '${SUSPENSION}' AND lifts IS NULL AND until > now() AND NOT EXISTS (SELECT FROM denylist l WHERE l.lifts = d.id)`,
} as const;

export interface Accounts {
  /** Throws 403 for an account that is not active. */
  admit(principal: Principal): Promise<void>;
  forget(sub: string): void;
}

const FRESH_MS = 30_000;
const KNOWN_MAX = 20_000;

export function createAccounts(db: Database, now: () => number = () => performance.now()): Accounts {
  const known = new Map<string, { status: string; at: number }>();

  async function standing({ sub, tenant }: Principal): Promise<string> {
    const key = `${sub} ${tenant}`;
    const last = known.get(key);
    if (last !== undefined && now() - last.at < FRESH_MS) return last.status;
    try {
      const status = (await lookUp(sub, tenant)) ?? 'active';
      known.delete(key);
      known.set(key, { status, at: now() });
      if (known.size > KNOWN_MAX) known.delete(known.keys().next().value ?? '');
      return status;
    } catch (error) {
      if (last === undefined) throw error;
      return last.status;
    }
  }

  async function lookUp(sub: string, tenant: string): Promise<string | undefined> {
    const found = await one<{ status: string }>(db, ACCOUNT_SQL.standing, [sub, tenant]);
    if (found !== undefined) return found.status;
    await db.transaction(async (tx) => {
      await tx.query(ACCOUNT_SQL.tenantSeen, [tenant]);
      await tx.query(ACCOUNT_SQL.userSeen, [sub, tenant]);
    });
    return (await one<{ status: string }>(db, ACCOUNT_SQL.standing, [sub, tenant]))?.status;
  }

  return {
    async admit(principal) {
      const status = await standing(principal);
      if (status !== 'active') throw new Problem(403, 'Forbidden', `The account is ${status}.`);
    },
    forget(sub) {
      for (const key of known.keys()) if (key.startsWith(`${sub} `)) known.delete(key);
    },
  };
}
