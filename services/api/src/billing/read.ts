/** What a tenant used and owes. The summary is a read model: computed at most once a minute, served stale while PostgreSQL is slow or away. */
import { z } from 'zod';
import { notFound } from '../http/problem.ts';
import { fromCursor, page, pageOf, pageQuery } from '../http/page.ts';
import type { Routes } from '../http/route.ts';
import { one, type Database } from '../stores/database.ts';
import { USAGE_SQL } from './usage.ts';

const INVOICE = `id, to_char(period, 'YYYY-MM') AS period, currency, total_micros, external_id, issued_at, created_at,
CASE WHEN paid.at IS NULL THEN status ELSE 'paid' END AS status, coalesce(paid_at, paid.at) AS paid_at`;
/** Paid is what either the ledger's keeper or the payment provider says is paid. */
const INVOICES = `billing.invoices AS i
LEFT JOIN LATERAL (SELECT min(p.occurred_at) AS at FROM billing.payments p WHERE p.invoice_id = i.id AND p.status = 'succeeded') AS paid ON true`;

export const BILLING_SQL = {
  invoices: `SELECT ${INVOICE} FROM ${INVOICES}
WHERE tenant_id = $1 AND (created_at, id) < ($2::timestamptz, $3::uuid) ORDER BY created_at DESC, id DESC LIMIT $4`,
  invoice: `SELECT ${INVOICE} FROM ${INVOICES} WHERE id = $1 AND tenant_id = $2`,
  entries: `SELECT id, kind, amount_micros, currency, description, usage_event_id, created_at FROM billing.ledger
WHERE invoice_id = $1 AND tenant_id = $2 ORDER BY id DESC LIMIT 500`,
  summary: `SELECT coalesce(sum(amount_micros), 0)::text AS month_micros, count(*)::int AS entries,
(SELECT count(*)::int FROM instances WHERE tenant_id = $1 AND status IN ('pending', 'running')) AS running
FROM billing.ledger WHERE tenant_id = $1 AND created_at >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`,
} as const;

/** What is used of the kit's cache. */
export interface ReadCache {
  get<T>(
    key: string,
    load: () => Promise<T | undefined>,
  ): Promise<{ value: T | undefined; headers: { age: string; 'cache-status': string } }>;
}

interface UsageRow {
  readonly id: string;
  readonly instance_id: string;
  readonly quantity: string;
  readonly price_micros: number;
  readonly currency: string;
  readonly used_at: Date;
  readonly created_at: Date;
}
interface InvoiceRow {
  readonly id: string;
  readonly period: string;
  readonly currency: string;
  readonly total_micros: string;
  readonly status: 'open' | 'issued' | 'paid' | 'void' | 'uncollectible';
  readonly issued_at: Date | null;
  readonly paid_at: Date | null;
  readonly created_at: Date;
}
interface EntryRow {
  readonly id: string;
  readonly kind: 'usage' | 'adjustment' | 'payment' | 'refund';
  readonly amount_micros: string;
  readonly description: string | null;
  readonly usage_event_id: string | null;
  readonly created_at: Date;
}

/** Amounts are whole numbers of millionths, as text: they may pass 2^53. */
const micros = z.string().regex(/^-?\d+$/);
const usage = z.object({
  id: z.uuid(),
  instanceId: z.uuid(),
  seconds: z.int(),
  amountMicros: micros,
  currency: z.string(),
  usedAt: z.string(),
  recordedAt: z.string(),
});
const invoice = z.object({
  id: z.uuid(),
  period: z.string(),
  currency: z.string(),
  totalMicros: micros,
  status: z.enum(['open', 'issued', 'paid', 'void', 'uncollectible']),
  issuedAt: z.string().nullable(),
  paidAt: z.string().nullable(),
});
const entry = z.object({
  id: z.string(),
  kind: z.enum(['usage', 'adjustment', 'payment', 'refund']),
  amountMicros: micros,
  description: z.string().nullable(),
  usageEventId: z.string().nullable(),
  createdAt: z.string(),
});
const summary = z.object({ monthMicros: micros, entries: z.int(), running: z.int(), computedAt: z.string() });

export function billingRoutes(route: Routes, { db, cache }: { db: Database; cache: ReadCache }): void {
  route({
    method: 'GET',
    url: '/api/v1/billing/usage',
    id: 'listUsage',
    tag: 'billing',
    summary: 'Reported use, newest first',
    query: pageQuery,
    status: 200,
    answer: pageOf(usage),
    async handle({ principal, query }) {
      const at = fromCursor(query.cursor);
      const { rows } = await db.query<UsageRow>(USAGE_SQL.list, [principal.tenant, at.at, at.id, query.limit + 1]);
      return page(rows, query.limit, showUsage);
    },
  });
  route({
    method: 'GET',
    url: '/api/v1/billing/invoices',
    id: 'listInvoices',
    tag: 'billing',
    summary: 'Invoices, newest first',
    query: pageQuery,
    status: 200,
    answer: pageOf(invoice),
    async handle({ principal, query }) {
      const at = fromCursor(query.cursor);
      const { rows } = await db.query<InvoiceRow>(BILLING_SQL.invoices, [
        principal.tenant,
        at.at,
        at.id,
        query.limit + 1,
      ]);
      return page(rows, query.limit, showInvoice);
    },
  });
  route({
    method: 'GET',
    url: '/api/v1/billing/invoices/:id',
    id: 'getInvoice',
    tag: 'billing',
    summary: 'An invoice with its newest entries',
    params: z.object({ id: z.uuid() }),
    status: 200,
    answer: invoice.extend({ entries: z.array(entry) }),
    errors: [404],
    async handle({ params, principal }) {
      const row = await one<InvoiceRow>(db, BILLING_SQL.invoice, [params.id, principal.tenant]);
      if (row === undefined) throw notFound('invoice');
      const { rows } = await db.query<EntryRow>(BILLING_SQL.entries, [params.id, principal.tenant]);
      return { ...showInvoice(row), entries: rows.map(showEntry) };
    },
  });
  route({
    method: 'GET',
    url: '/api/v1/billing/summary',
    id: 'billingSummary',
    tag: 'billing',
    summary: 'This month so far; Age and Cache-Status say how old the answer is',
    needs: [],
    status: 200,
    answer: summary,
    async handle({ principal, reply }) {
      const cached = await cache.get(`summary:${principal.tenant}`, async () => {
        const row = await one<{ month_micros: string; entries: number; running: number }>(db, BILLING_SQL.summary, [
          principal.tenant,
        ]);
        if (row === undefined) return undefined;
        return {
          monthMicros: row.month_micros,
          entries: row.entries,
          running: row.running,
          computedAt: new Date().toISOString(),
        };
      });
      reply.headers(cached.headers);
      if (cached.value === undefined) throw notFound('summary');
      return cached.value;
    },
  });
}

function showUsage(row: UsageRow): z.input<typeof usage> {
  return {
    id: row.id,
    instanceId: row.instance_id,
    seconds: Number(row.quantity),
    amountMicros: String(BigInt(row.quantity) * BigInt(row.price_micros)),
    currency: row.currency,
    usedAt: row.used_at.toISOString(),
    recordedAt: row.created_at.toISOString(),
  };
}

function showInvoice(row: InvoiceRow): z.input<typeof invoice> {
  return {
    id: row.id,
    period: row.period,
    currency: row.currency,
    totalMicros: row.total_micros,
    status: row.status,
    issuedAt: row.issued_at?.toISOString() ?? null,
    paidAt: row.paid_at?.toISOString() ?? null,
  };
}

function showEntry(row: EntryRow): z.input<typeof entry> {
  return {
    id: row.id,
    kind: row.kind,
    amountMicros: row.amount_micros,
    description: row.description,
    usageEventId: row.usage_event_id,
    createdAt: row.created_at.toISOString(),
  };
}
