/** billing-worker: books usage as it is announced, compares what was metered with what was booked, issues the invoices of past months. */
import { runProgram } from '@launchgate/runtime/config';
import { gaugePool } from '@launchgate/runtime/telemetry';
import { openNats, openPool, poolNumbers } from '@launchgate/service-common/stores';
import { openFrame } from '@launchgate/service-common/worker';
import { jetstream } from '@nats-io/jetstream';
import { readWorkerConfig } from './config.ts';
import { periodicJobs } from './jobs.ts';
import { openLedger } from './ledger.ts';
import { consumeUsage } from './messages.ts';
import { workerMetrics } from './metrics.ts';
import { runPeriodically } from './periodic.ts';
import { streamsCommand } from './streams-command.ts';
import { STREAM } from './streams.ts';
import type { Work } from './work.ts';

const SERVICE = 'billing-worker';

await runProgram(SERVICE, () =>
  process.argv[2] === 'streams' ? streamsCommand(process.argv.slice(3), process.env) : serve(),
);

async function serve(): Promise<void> {
  const work = await openWork();
  const { config, frame, pool, nats } = work;
  await frame.serve([
    { name: 'postgres', class: 'critical', whenDown: 'unready', interval: 2000, check: () => pool.query('SELECT 1') },
    { name: 'nats', class: 'critical', whenDown: 'unready', interval: 2000, check: () => nats.connection.rtt() },
  ]);
  const consuming = consumeUsage(work);
  const periodic = runPeriodically(periodicJobs(work), {
    onFailure: (job, error) => frame.log.error({ err: error, job }, 'failed; next time'),
    signal: frame.lifecycle.drainSignal,
  });
  frame.lifecycle.hook('consumers', 'usage', async () => {
    await Promise.all([consuming, periodic]);
  });
  frame.log.info({ stream: STREAM, concurrency: config.WORKER_CONCURRENCY }, 'working');
}

async function openWork(): Promise<Work> {
  const config = readWorkerConfig(process.env);
  const frame = await openFrame(SERVICE, config, process.env);
  const pool = await openPool(config, await frame.store('DATABASE_PASSWORD'));
  const nats = await openNats(config, await frame.store('NATS_NKEY_SEED'));
  frame.lifecycle.hook('stores', 'postgres', () => pool.end());
  frame.lifecycle.hook('stores', 'nats', () => nats.close());
  gaugePool(frame.metrics, 'postgres', () => poolNumbers(pool));
  const stream = () => jetstream(nats.connection, { timeout: 5000 });
  return { config, frame, pool, ledger: openLedger(pool), nats, stream, measured: workerMetrics(frame.metrics) };
}
