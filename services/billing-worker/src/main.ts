/** billing-worker: books usage as it is announced, compares what was metered with what was booked, issues the invoices of past months. */
import { runProgram } from '@launchgate/runtime/config';
import { extract, runWith, newCorrelation, toEnvelope } from '@launchgate/runtime/correlation';
import { consumerSpan, gaugePool, observeTask } from '@launchgate/runtime/telemetry';
import { openSecret } from '@launchgate/runtime/secrets';
import { openNats, openPool, poolNumbers } from '@launchgate/service-common/stores';
import { openFrame } from '@launchgate/service-common/worker';
import { jetstream, type JsMsg } from '@nats-io/jetstream';
import { bookMessage } from './book.ts';
import { issueInvoices } from './close-months.ts';
import { readWorkerConfig, type WorkerConfig } from './config.ts';
import { consume } from './consume.ts';
import { keepDeadLetter } from './dead-letters.ts';
import { legacyMonths } from './legacy-usage.ts';
import { workerMetrics } from './metrics.ts';
import { runPeriodically, type Periodic } from './periodic.ts';
import { reconcileLegacy, reconcileUsage, type Reconciliation } from './reconcile.ts';
import { streamsCommand } from './streams-command.ts';
import { CONSUMER, STREAM } from './streams.ts';
import { openMonth } from './totals.ts';
import { parseUsage } from './usage-message.ts';

const SERVICE = 'billing-worker';
const RECONCILE_LIMIT = 500;
const NUMBERS_MS = 15_000;

await runProgram(SERVICE, () =>
  process.argv[2] === 'streams' ? streamsCommand(process.argv.slice(3), process.env) : work(),
);

async function work(): Promise<void> {
  const config = readWorkerConfig(process.env);
  const frame = await openFrame(SERVICE, config, process.env);
  const { log, lifecycle, metrics } = frame;
  const context = { service: SERVICE, certificate: frame.certificate, onAlarm: frame.alarm };
  const pool = await openPool(config, { ...context, secret: await frame.secret('DATABASE_PASSWORD') });
  const nats = await openNats(config, { ...context, secret: await frame.secret('NATS_NKEY_SEED') });
  lifecycle.hook('stores', 'postgres', () => pool.end());
  lifecycle.hook('stores', 'nats', () => nats.close());
  gaugePool(metrics, 'postgres', () => poolNumbers(pool));
  const measured = workerMetrics(metrics);
  const stream = () => jetstream(nats.connection, { timeout: 5000 });
  await frame.serve([
    { name: 'postgres', class: 'critical', whenDown: 'unready', check: () => pool.query('SELECT 1') },
    { name: 'nats', class: 'critical', whenDown: 'unready', check: () => nats.connection.rtt() },
  ]);

  const signal = lifecycle.drainSignal;
  const consuming = consume(
    {
      consumer: () => stream().consumers.get(STREAM, CONSUMER),
      handle: (message) => inTrace(message, () => observeTask(metrics, 'meter', () => book(message))),
      bury: (message, reason) =>
        inTrace(message, async () => {
          await keepDeadLetter(pool, stream(), message, reason);
          measured.buried();
          log.error({ sequence: message.seq, deliveries: message.info.deliveryCount, reason }, 'dead letter');
        }),
      onFailure: (error, message) => log.warn({ err: error, sequence: message?.seq }, 'a message could not be booked'),
    },
    { concurrency: config.WORKER_CONCURRENCY, maxDeliveries: config.MAX_DELIVERIES, signal },
  );
  const periodic = runPeriodically(jobs(), {
    onFailure: (job, error) => log.error({ err: error, job }, 'failed; next time'),
    signal,
  });
  lifecycle.hook('consumers', 'usage', async () => {
    await Promise.all([consuming, periodic]);
  });
  log.info({ stream: STREAM, concurrency: config.WORKER_CONCURRENCY }, 'working');

  async function book(message: JsMsg): Promise<void> {
    const usage = parseUsage(message.data);
    const booking = await bookMessage(pool, usage, toEnvelope());
    if (booking === 'booked') measured.booked();
    log.info({ usage_event: usage.id, instance: usage.instanceId, user: usage.userId, booking }, 'usage');
  }

  function inTrace<T>(message: JsMsg, run: () => Promise<T>): Promise<T> {
    const origin = frame.off('correlation') ? newCorrelation() : extract(message.headers);
    return runWith(origin, () => consumerSpan('nats', message.subject, origin.parent, run));
  }

  function jobs(): Periodic[] {
    const trail = () => toEnvelope(newCorrelation());
    const options = {
      graceMs: config.RECONCILE_GRACE,
      windowMs: config.RECONCILE_WINDOW,
      limit: RECONCILE_LIMIT,
      trail,
    };
    const every = config.RECONCILE_INTERVAL;
    return [
      {
        name: 'reconcile usage-events',
        everyMs: every,
        run: () => compare('usage-events', () => reconcileUsage(pool, options)),
      },
      ...legacyJob(config, every),
      {
        name: 'invoices',
        everyMs: every,
        run: async () => {
          const issued = await issueInvoices(pool, config.INVOICE_GRACE);
          if (issued > 0) log.info({ issued }, 'invoices issued');
        },
      },
      { name: 'numbers', everyMs: NUMBERS_MS, run: numbers },
    ];
  }

  function legacyJob({ USAGE_DATABASE_HOST: host }: WorkerConfig, everyMs: number): Periodic[] {
    if (host === undefined) return [];
    const run = () =>
      compare('usage-legacy', async () => reconcileLegacy(pool, await legacyMonths(await legacyDatabase(host))));
    return [{ name: 'reconcile usage-legacy', everyMs, run }];
  }

  async function legacyDatabase(host: string) {
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

  async function compare(source: string, run: () => Promise<Reconciliation | undefined>): Promise<void> {
    try {
      const result = await run();
      if (result === undefined) return;
      measured.reconciled(result);
      const { driftMicros, ...numbersOf } = result;
      const said = { ...numbersOf, drift_micros: driftMicros.toString() };
      if (result.drifted > 0) log.warn(said, 'metering and ledger differ');
      else log.info(said, 'metering and ledger agree');
    } catch (error) {
      measured.reconciliationFailed(source);
      throw error;
    }
  }

  async function numbers(): Promise<void> {
    measured.month(await openMonth(pool));
    const consumer = await stream().consumers.get(STREAM, CONSUMER);
    const {
      num_pending: pending,
      num_ack_pending: unacknowledged,
      num_redelivered: redelivered,
    } = await consumer.info();
    measured.backlog(pending, unacknowledged, redelivered);
  }
}
