/** notification-relay: takes what the outbox holds and publishes it to its user; nobody else may publish on those channels. */
import { runProgram } from '@launchgate/runtime/config';
import { fromEnvelope, runWith, toEnvelope } from '@launchgate/runtime/correlation';
import { consumerSpan, gaugePool, observeTask, producerSpan } from '@launchgate/runtime/telemetry';
import { directClient, openPool, openRedis, poolNumbers } from '@launchgate/service-common/stores';
import { openFrame } from '@launchgate/service-common/worker';
import { BACKLOG_SQL, watchBacklog, type Backlog } from './backlog.ts';
import { readRelayConfig } from './config.ts';
import { listen } from './listen.ts';
import { relayMetrics } from './metrics.ts';
import { relayBatch, type OutboxRow, type Publish } from './relay.ts';
import { runRelay } from './run.ts';

const SERVICE = 'notification-relay';
/** Milliseconds between two looks at what waits; a scrape's. */
const WATCH_EVERY = 15_000;

await runProgram(SERVICE, async () => {
  const config = readRelayConfig(process.env);
  const frame = await openFrame(SERVICE, config, process.env);
  const { log, lifecycle, metrics } = frame;
  const database = await frame.store('DATABASE_PASSWORD');
  const pool = await openPool(config, database);
  const redis = await openRedis(config, await frame.store('REDIS_PASSWORD'), { deadlineMs: 2000, mayAskInfo: false });
  lifecycle.hook('stores', 'postgres', () => pool.end());
  lifecycle.hook('stores', 'redis', async () => {
    await redis.close();
    redis.client.disconnect();
  });
  const relayed = relayMetrics(metrics);
  gaugePool(metrics, 'postgres', () => poolNumbers(pool));
  await frame.serve([
    { name: 'postgres', class: 'critical', whenDown: 'unready', interval: 2000, check: () => pool.query('SELECT 1') },
    { name: 'redis', class: 'critical', whenDown: 'unready', interval: 2000, check: () => redis.client.ping() },
  ]);

  const signal = lifecycle.drainSignal;
  const listener = listen({
    channel: 'outbox',
    connect: () => directClient(config, database),
    onLost: (error) => log.warn({ err: error }, 'lost the word of the outbox; polling until it is back'),
    signal,
  });
  const send = (row: OutboxRow, publish: Publish) => relayOne(row, publish, frame.off('correlation'));
  const running = runRelay({
    batch: () => relayBatch(pool, redis.client, { channelPrefix: config.CHANNEL_PREFIX, batch: config.BATCH, send }),
    wake: (withinMs) => listener.wake(withinMs),
    pollMs: config.POLL_INTERVAL,
    onRelayed(batch) {
      relayed.published(batch);
      for (const { row, error, setAside } of batch.refused) {
        const fields = { notification: row.id, type: row.type, user: row.user_id, err: error };
        if (setAside) log.error(fields, 'could not be published and is set aside');
        else log.warn(fields, 'could not be published; it is tried again');
      }
    },
    onFailure: (error) => log.error({ err: error }, 'could not relay; trying again'),
    signal,
  });
  const watching = watchBacklog({
    read: async () => (await pool.query<Backlog>(BACKLOG_SQL)).rows[0],
    onRead: relayed.backlog,
    onFailure(error) {
      relayed.backlogUnknown();
      log.warn({ err: error }, 'what waits in the outbox cannot be counted');
    },
    everyMs: WATCH_EVERY,
    signal,
  });
  lifecycle.hook('consumers', 'outbox', async () => {
    await Promise.all([running, watching]);
    await listener.close();
  });
  log.info('relaying');

  /** In the trace of the request that caused the row; the subscriber goes on from our span. */
  function relayOne(row: OutboxRow, publish: Publish, apart: boolean): Promise<number> {
    const origin = fromEnvelope(
      apart ? {} : { requestId: row.request_id, traceparent: row.traceparent, tracestate: row.tracestate },
    );
    return runWith(origin, () =>
      observeTask(metrics, 'relay', () =>
        consumerSpan('outbox', 'outbox', origin.parent, () =>
          producerSpan('redis', config.CHANNEL_PREFIX, async () => {
            const receivers = await publish(toEnvelope());
            log.info({ notification: row.id, type: row.type, user: row.user_id, receivers }, 'published');
            return receivers;
          }),
        ),
      ),
    );
  }
});
