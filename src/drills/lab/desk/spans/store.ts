/** Spans in memory, at most so many: whole traces are forgotten, the one that was touched longest ago first. */
import type { KeptSpan } from './types.ts';

/** Everything is optional; times are milliseconds since the epoch. */
export interface SpanQuery {
  readonly service?: string;
  readonly name?: string;
  readonly traceId?: string;
  readonly from?: number;
  readonly to?: number;
  /** The newest so many. */
  readonly limit: number;
}

/** One hop of a trace: a span that another process, or nobody, is the parent of. */
export interface Hop {
  readonly service: string;
  readonly name: string;
  readonly kind: KeptSpan['kind'];
  readonly spanId: string;
  /** Service that called; undefined for the first hop, or where the caller's span did not arrive. */
  readonly from?: string;
  /** Milliseconds from the trace's first start. */
  readonly offset: number;
  readonly duration: number;
  /** Milliseconds from the start of the caller's span to this one's: the wire and the queue before it. */
  readonly reachedAfter?: number;
  readonly error: boolean;
}

export class SpanStore {
  readonly #most: number;
  /** In the order of the last span that arrived. */
  readonly #traces = new Map<string, Map<string, KeptSpan>>();
  #size = 0;
  received = 0;
  forgotten = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  add(spans: readonly KeptSpan[]): void {
    for (const span of spans) {
      this.received += 1;
      const trace = this.#traces.get(span.traceId) ?? new Map<string, KeptSpan>();
      // A span that is sent again after a lost answer is one span.
      if (!trace.has(span.spanId)) this.#size += 1;
      trace.set(span.spanId, span);
      this.#traces.delete(span.traceId);
      this.#traces.set(span.traceId, trace);
      this.shrink();
    }
  }

  trace(traceId: string): KeptSpan[] {
    return [...(this.#traces.get(traceId)?.values() ?? [])].sort((a, b) => a.start - b.start);
  }

  find({ service, name, traceId, from = 0, to = Infinity, limit }: SpanQuery): KeptSpan[] {
    const all =
      traceId === undefined ? [...this.#traces.values()].flatMap((trace) => [...trace.values()]) : this.trace(traceId);
    return all
      .filter(
        (span) =>
          (service === undefined || span.service === service) &&
          (name === undefined || span.name === name) &&
          span.end >= from &&
          span.start <= to,
      )
      .sort((a, b) => b.start - a.start)
      .slice(0, limit);
  }

  hops(traceId: string): Hop[] {
    const spans = this.trace(traceId);
    const first = spans[0]?.start ?? 0;
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    return spans.flatMap((span): Hop[] => {
      const caller = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId);
      if (caller?.service === span.service && span.kind !== 'consumer') return [];
      return [hop(span, caller, first)];
    });
  }

  private shrink(): void {
    for (const [id, trace] of this.#traces) {
      if (this.#size <= this.#most || this.#traces.size === 1) return this.cut(trace);
      this.#traces.delete(id);
      this.#size -= trace.size;
      this.forgotten += trace.size;
    }
  }

  /** A single trace that is larger than everything loses its oldest spans. */
  private cut(trace: Map<string, KeptSpan>): void {
    for (const id of trace.keys()) {
      if (this.#size <= this.#most) return;
      trace.delete(id);
      this.#size -= 1;
      this.forgotten += 1;
    }
  }
}

function hop(span: KeptSpan, caller: KeptSpan | undefined, first: number): Hop {
  const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;
  return {
    service: span.service,
    name: span.name,
    kind: span.kind,
    spanId: span.spanId,
    offset: rounded(span.start - first),
    duration: rounded(span.end - span.start),
    error: span.error,
    ...(caller === undefined ? {} : { from: caller.service, reachedAfter: rounded(span.start - caller.start) }),
  };
}
