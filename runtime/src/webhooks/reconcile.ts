/**
 * Finds what was lost on the way: compares the provider's own listing with what was received, and applies the difference, once. To be
 * run at an interval by every replica; a lease lets one of them at a time do it.
 */
import { transaction, type Client, type Pool } from './database.ts';
import type { WebhookEvent } from './event.ts';
import type { Receiver } from './receiver.ts';

export interface ReconcileOptions {
  readonly pool: Pool;
  readonly receiver: Receiver;
  readonly provider: string;
  /** Every event of the provider created at or after `since`, in any order, all pages; rejects where it cannot list them all. */
  list(since: Date): AsyncIterable<WebhookEvent>;
  /** Milliseconds in which a delivery may still be under way: younger events are not lost yet. 2 minutes. */
  readonly settle?: number;
  /** Milliseconds that are compared again each time, for events that the listing shows late. 15 minutes. */
  readonly overlap?: number;
  /** Milliseconds to look back the first time. 3 days. */
  readonly first?: number;
  /** Milliseconds after which a run that has not ended counts as dead. 10 minutes. */
  readonly lease?: number;
  readonly now?: () => number;
}

export interface Reconciliation {
  /** False: another replica was at it, and all numbers are 0. */
  readonly ran: boolean;
  /** Events in the listing, without those that may still be under way. */
  readonly listed: number;
  /** Of them: received before. */
  readonly known: number;
  /** Lost, and applied now: what an alert watches. */
  readonly recovered: number;
  readonly superseded: number;
  readonly ignored: number;
  /** Could not be applied; the next run tries again. */
  readonly failed: number;
  readonly dead: number;
  /** Age of the oldest event that was lost, in seconds. */
  readonly oldestLostSeconds: number;
  /** Up to when everything is compared now; it stays where it was while anything failed. */
  readonly comparedTo: Date | undefined;
}

/** @throws what `list` throws; the next run begins where this one began. */
export async function reconcile(options: ReconcileOptions): Promise<Reconciliation> {
  const { pool, receiver, provider, settle = 120_000, now = Date.now } = options;
  const lease = await acquire(options);
  if (lease === undefined) return { ...counted([]), ran: false, oldestLostSeconds: 0, comparedTo: undefined };
  const newest = now() - settle;
  const outcomes: string[] = [];
  let oldest = Infinity;
  let comparedTo = lease.comparedTo;
  try {
    for await (const event of options.list(lease.since)) {
      if (event.created.getTime() > newest) continue;
      const outcome = await receiver.receive(event, 'reconciliation');
      outcomes.push(outcome);
      if (outcome === 'applied') oldest = Math.min(oldest, event.created.getTime());
    }
    if (!outcomes.includes('failed')) comparedTo = new Date(newest);
  } finally {
    await release(pool, provider, lease, comparedTo);
  }
  const oldestLostSeconds = oldest === Infinity ? 0 : Math.round((now() - oldest) / 1_000);
  return { ...counted(outcomes), ran: true, oldestLostSeconds, comparedTo };
}

function counted(outcomes: readonly string[]) {
  const count = (outcome: string): number => outcomes.filter((one) => one === outcome).length;
  return {
    listed: outcomes.length,
    known: count('duplicate'),
    recovered: count('applied'),
    superseded: count('superseded'),
    ignored: count('ignored'),
    failed: count('failed'),
    dead: count('dead'),
  };
}

interface Lease {
  /** Tells this run from a later one, which took over when this one had not ended in time. */
  readonly until: unknown;
  readonly since: Date;
  readonly comparedTo: Date | undefined;
}

/** A row and not an advisory lock: those belong to a session, and a pooler in transaction mode hands sessions around. */
async function acquire({
  pool,
  provider,
  lease = 600_000,
  overlap = 900_000,
  first = 259_200_000,
  now = Date.now,
}: ReconcileOptions): Promise<Lease | undefined> {
  const rows = await transaction(pool, async (client: Client) => {
    await client.query('INSERT INTO webhook_reconciliation (provider) VALUES ($1) ON CONFLICT DO NOTHING', [provider]);
    const taken = await client.query(
      `UPDATE webhook_reconciliation SET leased_until = date_trunc('milliseconds', now()) + $2 * interval '1 millisecond'
       WHERE provider = $1 AND (leased_until IS NULL OR leased_until < now()) RETURNING compared_to, leased_until`,
      [provider, lease],
    );
    return taken.rows;
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const comparedTo = row['compared_to'] instanceof Date ? row['compared_to'] : undefined;
  const until = row['leased_until'];
  return {
    until,
    comparedTo,
    since: new Date(comparedTo === undefined ? now() - first : comparedTo.getTime() - overlap),
  };
}

async function release(pool: Pool, provider: string, { until }: Lease, comparedTo: Date | undefined): Promise<void> {
  await transaction(pool, (client) =>
    client.query(
      'UPDATE webhook_reconciliation SET leased_until = NULL, compared_to = $2 WHERE provider = $1 AND leased_until = $3',
      [provider, comparedTo ?? null, until],
    ),
  );
}
