/** What is done with a message: booked in its trace, or, when that cannot be, kept for people. */
import { extract, newCorrelation, runWith, toEnvelope } from '@launchgate/runtime/correlation';
import { consumerSpan, observeTask } from '@launchgate/runtime/telemetry';
import type { JsMsg } from '@nats-io/jetstream';
import { bookMessage } from './book.ts';
import { consume } from './consume.ts';
import { keepDeadLetter } from './dead-letters.ts';
import { CONSUMER, STREAM } from './streams.ts';
import { parseUsage } from './usage-message.ts';
import type { Work } from './work.ts';

/** Resolves once the drain has come and what was under way has ended. */
export function consumeUsage(work: Work): Promise<void> {
  const { config, frame, stream } = work;
  return consume(
    {
      consumer: () => stream().consumers.get(STREAM, CONSUMER),
      handle: (message) => inTrace(work, message, () => observeTask(frame.metrics, 'meter', () => book(work, message))),
      bury: (message, reason) => inTrace(work, message, () => bury(work, message, reason)),
      onFailure: (error, message) =>
        frame.log.warn({ err: error, sequence: message?.seq }, 'a message could not be booked'),
    },
    {
      concurrency: config.WORKER_CONCURRENCY,
      maxDeliveries: config.MAX_DELIVERIES,
      signal: frame.lifecycle.drainSignal,
    },
  );
}

async function book({ ledger, measured, frame }: Work, message: JsMsg): Promise<void> {
  const usage = parseUsage(message.data);
  const booking = await bookMessage(ledger, usage, toEnvelope());
  if (booking === 'booked') measured.booked();
  frame.log.info({ usage_event: usage.id, instance: usage.instanceId, user: usage.userId, booking }, 'usage');
}

async function bury({ pool, stream, measured, frame }: Work, message: JsMsg, reason: string): Promise<void> {
  await keepDeadLetter(pool, stream(), message, reason);
  measured.buried();
  frame.log.error({ sequence: message.seq, deliveries: message.info.deliveryCount, reason }, 'dead letter');
}

function inTrace<T>({ frame }: Work, message: JsMsg, run: () => Promise<T>): Promise<T> {
  const origin = frame.off('correlation') ? newCorrelation() : extract(message.headers);
  return runWith(origin, () => consumerSpan('nats', message.subject, origin.parent, run));
}
