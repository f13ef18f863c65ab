/** The streams and the consumer that this service lives on, as data, and the command that makes a server have them: safe to repeat. */
import {
  AckPolicy,
  DeliverPolicy,
  RetentionPolicy,
  StorageType,
  jetstreamManager,
  type ConsumerConfig,
  type StreamConfig,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

export const STREAM = 'usage';
export const CONSUMER = 'billing-worker';
export const DEAD_PREFIX = 'dead.';
/**
 * Milliseconds after which a message that was delivered and not answered for is delivered again: how long customers wait when a worker was
 * killed with it, or was starved until it gave up the pull that the message was on its way to. Whoever works on a message says so more often.
 */
export const ACK_WAIT = 5000;

const NANOSECONDS = 1_000_000;
const DAY = 86_400_000 * NANOSECONDS;

const streams = (replicas: number): (Partial<StreamConfig> & { name: string })[] => [
  {
    name: STREAM,
    subjects: ['usage.>'],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: replicas,
    // Events are replayed from here after a restore of the database: longer than the longest RPO, shorter than the disk.
    max_age: 14 * DAY,
    duplicate_window: 120_000 * NANOSECONDS,
  },
  {
    name: 'usage-dead',
    subjects: [`${DEAD_PREFIX}usage.>`],
    storage: StorageType.File,
    num_replicas: replicas,
    max_age: 90 * DAY,
  },
];

const consumer: Partial<ConsumerConfig> & { durable_name: string } = {
  durable_name: CONSUMER,
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  ack_wait: ACK_WAIT * NANOSECONDS,
  // Never given up by the server: only what has been kept as a dead letter is ended.
  max_deliver: -1,
  max_ack_pending: 1024,
};

/** Creates what is missing and updates what differs; answers what it did, one line for each. */
export async function applyStreams(connection: NatsConnection, replicas: number): Promise<string[]> {
  const manager = await jetstreamManager(connection);
  const done: string[] = [];
  for (const { name, ...config } of streams(replicas)) {
    const exists = await present(() => manager.streams.info(name));
    await (exists ? manager.streams.update(name, config) : manager.streams.add({ name, ...config }));
    done.push(`stream ${name}: ${exists ? 'up to date' : 'created'}`);
  }
  const { durable_name: name, ...changeable } = consumer;
  const exists = await present(() => manager.consumers.info(STREAM, name));
  await (exists ? manager.consumers.update(STREAM, name, { ...changeable }) : manager.consumers.add(STREAM, consumer));
  done.push(`consumer ${name} of ${STREAM}: ${exists ? 'up to date' : 'created'}`);
  return done;
}

/** JetStream's error codes for a stream and a consumer that do not exist (server/errors.json). */
const NOT_FOUND: ReadonlySet<number> = new Set([10_059, 10_014]);

async function present(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_FOUND.has(Number(error.code))) return false;
    throw error;
  }
}
