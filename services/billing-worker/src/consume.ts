/**
 * Takes usage messages one by one, as many at a time as `concurrency` says. A message is acknowledged once its transaction is committed,
 * tried again where the failure will pass, and kept as a dead letter where it will not. When the signal comes no new message is taken, and
 * what is under way is finished.
 */
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { failureOf, pauseAfter } from './failure.ts';
import { Gate } from './gate.ts';
import { ACK_WAIT } from './streams.ts';

export interface Work {
  /** The consumer as of now: a renewed connection has another. */
  consumer(): Promise<Consumer>;
  /** Resolves once the message's effect is durable; rejects with what `failureOf` can judge. */
  handle(message: JsMsg): Promise<void>;
  /** Resolves once the message is kept where people will find it. */
  bury(message: JsMsg, reason: string): Promise<void>;
  onFailure(error: unknown, message?: JsMsg): void;
}

export interface ConsumeOptions {
  readonly concurrency: number;
  /** Deliveries after which a message that fails by its own fault is buried. */
  readonly maxDeliveries: number;
  /** Milliseconds that the server may hold a pull open; also how long an idle worker needs to end. */
  readonly pullMs?: number;
  readonly signal: AbortSignal;
}

/** Resolves when the signal has come and all that was taken has been finished. */
export async function consume(work: Work, options: ConsumeOptions): Promise<void> {
  const gate = new Gate(options.signal);
  await Promise.all(Array.from({ length: options.concurrency }, () => run(work, options, gate)));
}

async function run(work: Work, { maxDeliveries, pullMs = 2000, signal }: ConsumeOptions, gate: Gate): Promise<void> {
  while (!signal.aborted) {
    await gate.open();
    const message = await pull(work, pullMs, gate);
    if (message === undefined) continue;
    // Taken after the signal: whoever goes on gets it at once, and not when the wait for our answer ends.
    if (signal.aborted) message.nak();
    else await settle(work, message, maxDeliveries, gate);
  }
}

async function pull(work: Work, expires: number, gate: Gate): Promise<JsMsg | undefined> {
  try {
    const consumer = await work.consumer();
    return (await consumer.next({ expires })) ?? undefined;
  } catch (error) {
    work.onFailure(error);
    gate.shut();
    return undefined;
  }
}

async function settle(work: Work, message: JsMsg, maxDeliveries: number, gate: Gate): Promise<void> {
  const deliveries = message.info.deliveryCount;
  const alive = setInterval(() => message.working(), ACK_WAIT / 3);
  try {
    await work.handle(message);
    message.ack();
    gate.succeeded();
  } catch (error) {
    work.onFailure(error, message);
    const own = failureOf(error) === 'message';
    if (!own) gate.shut();
    if (!own || deliveries < maxDeliveries) message.nak(pauseAfter(deliveries));
    else await bury(work, message, error);
  } finally {
    clearInterval(alive);
  }
}

async function bury(work: Work, message: JsMsg, cause: unknown): Promise<void> {
  try {
    await work.bury(message, cause instanceof Error ? cause.message : String(cause));
    message.term();
  } catch (error) {
    work.onFailure(error, message);
    message.nak(pauseAfter(message.info.deliveryCount));
  }
}
