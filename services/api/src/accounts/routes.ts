/** Who am I, and what admins do to accounts: suspending takes effect on every replica as fast as the deny-list travels. */
import { z } from 'zod';
import { notFound } from '../http/problem.ts';
import type { Routes } from '../http/route.ts';
import { reasonText } from '../http/text.ts';
import { one, type Database, type Queryable } from '../stores/database.ts';
import type { RecordDeed } from '../admin/trail.ts';
import { ACCOUNT_SQL, type Accounts } from './accounts.ts';

const account = z.object({
  id: z.string(),
  tenant: z.object({ id: z.string(), name: z.string() }),
  status: z.enum(['active', 'suspended', 'closed']),
  createdAt: z.string(),
});
const userId = z.object({ id: z.string().regex(/^[A-Za-z0-9_.:@-]{1,128}$/) });

interface UserRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly tenant_name: string;
  readonly status: 'active' | 'suspended' | 'closed';
  readonly created_at: Date;
}

export interface AccountDeps {
  readonly db: Database;
  readonly accounts: Accounts;
  readonly record: RecordDeed;
  /** Puts the subject on the deny-list, in the transaction given, for as long as a token of now can live. */
  readonly revokeSubject: (tx: Queryable, sub: string, by: string, reason: string) => Promise<void>;
}

export function accountRoutes(route: Routes, { db, accounts, record, revokeSubject }: AccountDeps): void {
  route({
    method: 'GET',
    url: '/api/v1/me',
    id: 'me',
    tag: 'accounts',
    summary: 'The account of the token',
    status: 200,
    answer: account.extend({ roles: z.array(z.string()) }),
    async handle({ principal }) {
      return { ...show(await profile(principal.sub)), roles: [...principal.roles] };
    },
  });
  route({
    method: 'GET',
    url: '/api/v1/admin/users',
    id: 'listUsers',
    tag: 'admin',
    summary: 'Accounts by id',
    admin: true,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(200).default(50),
      after: z.string().max(128).default(''),
    }),
    status: 200,
    answer: z.object({ items: z.array(account) }),
    async handle({ query }) {
      const { rows } = await db.query<UserRow>(ACCOUNT_SQL.list, [query.after, query.limit]);
      return { items: rows.map(show) };
    },
  });
  for (const [verb, status] of [
    ['suspend', 'suspended'],
    ['reinstate', 'active'],
  ] as const)
    route({
      method: 'POST',
      url: `/api/v1/admin/users/:id/${verb}`,
      id: `${verb}User`,
      tag: 'admin',
      summary: `Make an account ${status}`,
      admin: true,
      params: userId,
      body: z.object({ reason: reasonText(500) }),
      status: 200,
      answer: account,
      errors: [404],
      async handle({ body, params, principal, request }) {
        await db.transaction(async (tx) => {
          if ((await one(tx, ACCOUNT_SQL.setStatus, [params.id, status])) === undefined) throw notFound('user');
          if (verb === 'suspend') await revokeSubject(tx, params.id, principal.sub, body.reason);
          else await tx.query(ACCOUNT_SQL.readmit, [params.id, principal.sub, body.reason]);
          const deed = { action: `user.${verb}`, target: { kind: 'user', id: params.id }, reason: body.reason };
          await record(request, principal, deed, tx);
        });
        accounts.forget(params.id);
        return show(await profile(params.id));
      },
    });

  async function profile(id: string): Promise<UserRow> {
    const row = await one<UserRow>(db, ACCOUNT_SQL.profile, [id]);
    if (row === undefined) throw notFound('user');
    return row;
  }
}

function show(row: UserRow): z.input<typeof account> {
  return {
    id: row.id,
    tenant: { id: row.tenant_id, name: row.tenant_name },
    status: row.status,
    createdAt: row.created_at.toISOString(),
  };
}
