/**
 * Finished spans on their way out: a bounded queue, one export at a time. A collector that is away or hangs costs spans, which are counted,
 * and nothing else. (The SDK's own batch processor forgets how many it dropped and exports in parallel.)
 */
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';

export interface QueueOptions {
  readonly exporter: SpanExporter;
  /** Spans that wait at most; further ones are dropped. */
  readonly queue: number;
  readonly batch: number;
  readonly delayMs: number;
  /** After this an export counts as failed, whatever the exporter does. */
  readonly timeoutMs: number;
}

export interface QueueStats {
  exported: number;
  dropped: number;
  failed: number;
}

export interface SpanQueue extends SpanProcessor {
  readonly stats: QueueStats;
  waiting(): number;
}

const SAMPLED = 1;

export function spanQueue({ exporter, queue, batch, delayMs, timeoutMs }: QueueOptions): SpanQueue {
  const stats: QueueStats = { exported: 0, dropped: 0, failed: 0 };
  let waiting: ReadableSpan[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let closed = false;

  const send = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    sending ??= drain().finally(() => (sending = undefined));
    return sending;
  };
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const spans = waiting.slice(0, batch);
      waiting = waiting.slice(batch);
      const sent = await exportOnce(exporter, spans, timeoutMs);
      stats[sent ? 'exported' : 'failed'] += spans.length;
      // A collector that fails is asked again after the delay, not at once.
      if (!sent && !closed) break;
    }
    if (waiting.length > 0 && !closed) later();
  };
  const later = (): void => {
    timer ??= setTimeout(() => void send(), delayMs).unref();
  };
  return {
    stats,
    waiting: () => waiting.length,
    onStart: () => undefined,
    onEnd(span) {
      if ((span.spanContext().traceFlags & SAMPLED) === 0) return;
      if (closed || waiting.length >= queue) {
        stats.dropped += 1;
        return;
      }
      waiting.push(span);
      if (waiting.length >= batch && sending === undefined && timer === undefined) void send();
      else later();
    },
    async forceFlush() {
      if (sending !== undefined) await sending;
      await send();
    },
    async shutdown() {
      closed = true;
      await send();
      await exporter.shutdown();
    },
  };
}

function exportOnce(exporter: SpanExporter, spans: ReadableSpan[], timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs, false).unref();
    const settle = (sent: boolean): void => {
      clearTimeout(timer);
      resolve(sent);
    };
    try {
      exporter.export(spans, ({ code }) => settle(code === 0));
    } catch {
      settle(false);
    }
  });
}
