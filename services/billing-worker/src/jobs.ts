/** What is done every so often: comparisons, invoices of past months, and the numbers that alerts ask for. */
import { newCorrelation, toEnvelope } from '@launchgate/runtime/correlation';
import { openSecret } from '@launchgate/runtime/secrets';
import type { JetStreamClient } from '@nats-io/jetstream';
import { issueInvoices } from './close-months.ts';
import { legacyMonths } from './legacy-usage.ts';
import type { Backlog } from './metrics.ts';
import type { Periodic } from './periodic.ts';
import { reconcileLegacy, reconcileUsage, type Reconciliation } from './reconcile.ts';
import { CONSUMER, STREAM } from './streams.ts';
import { openMonth } from './totals.ts';
import type { Work } from './work.ts';

const RECONCILE_LIMIT = 500;
const NUMBERS_MS = 15_000;

export function periodicJobs(work: Work): Periodic[] {
  const { config, pool, frame } = work;
  const everyMs = config.RECONCILE_INTERVAL;
  return [
    { name: 'reconcile usage-events', everyMs, run: () => compare(work, 'usage-events', () => recorded(work)) },
    ...legacyJob(work, everyMs),
    {
      name: 'invoices',
      everyMs,
      async run() {
        const issued = await issueInvoices(pool, config.INVOICE_GRACE);
        if (issued > 0) frame.log.info({ issued }, 'invoices issued');
      },
    },
    { name: 'numbers', everyMs: NUMBERS_MS, run: () => numbers(work) },
  ];
}

function recorded({ config, pool }: Work): Promise<Reconciliation | undefined> {
  return reconcileUsage(pool, {
    graceMs: config.RECONCILE_GRACE,
    windowMs: config.RECONCILE_WINDOW,
    limit: RECONCILE_LIMIT,
    trail: () => toEnvelope(newCorrelation()),
  });
}

function legacyJob(work: Work, everyMs: number): Periodic[] {
  const { USAGE_DATABASE_HOST: host } = work.config;
  if (host === undefined) return [];
  const totals = async () => reconcileLegacy(work.pool, await legacyMonths(await legacyDatabase(work, host)));
  return [{ name: 'reconcile usage-legacy', everyMs, run: () => compare(work, 'usage-legacy', totals) }];
}

/** With the password as it is now: each comparison connects anew. */
async function legacyDatabase({ config, frame }: Work, host: string) {
  const secret = await openSecret('USAGE_DATABASE_PASSWORD', { env: process.env });
  const password = secret.current.reveal();
  secret.close();
  return {
    host,
    port: config.USAGE_DATABASE_PORT,
    database: config.USAGE_DATABASE_NAME,
    user: config.USAGE_DATABASE_USER,
    password: () => password,
    ca: config.USAGE_DATABASE_TLS === 'disable' ? undefined : () => frame.certificate.current.ca,
  };
}

async function compare(
  { measured, frame }: Work,
  source: string,
  run: () => Promise<Reconciliation | undefined>,
): Promise<void> {
  try {
    const result = await run();
    if (result === undefined) return;
    measured.reconciled(result);
    const { driftMicros, ...numbersOf } = result;
    const said = { ...numbersOf, drift_micros: driftMicros.toString() };
    if (result.drifted > 0) frame.log.warn(said, 'metering and ledger differ');
    else frame.log.info(said, 'metering and ledger agree');
  } catch (error) {
    measured.reconciliationFailed(source);
    throw error;
  }
}

async function numbers({ measured, pool, stream }: Work): Promise<void> {
  await Promise.all([month(), backlog(stream()).then(measured.backlog)]);

  async function month(): Promise<void> {
    try {
      measured.month(await openMonth(pool));
    } catch (error) {
      measured.monthUnknown();
      throw error;
    }
  }

  async function backlog({ consumers }: JetStreamClient): Promise<Backlog> {
    try {
      const consumer = await consumers.get(STREAM, CONSUMER);
      const { num_pending, num_ack_pending, num_redelivered } = await consumer.info();
      return { pending: num_pending, unacknowledged: num_ack_pending, redelivered: num_redelivered };
    } catch (error) {
      // A consumer that is gone has no backlog of nought, which its last numbers would go on saying.
      measured.backlogUnknown();
      throw error;
    }
  }
}
