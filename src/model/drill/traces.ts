/** Spans that the target kept, and a request that leaves some everywhere. */
export interface Traces {
  /** Every span of the trace that has arrived so far, in the order of their starts. */
  of(traceId: string): Promise<readonly Span[]>;
  /**
   * Sends, as a customer, one request whose consequences go as far as any of the target's do: through API and queue to workers, and back to the
   * customer as an event. It is ordinary business of the target, and stays there. `before` runs when everything is ready for it to be sent.
   */
  journey(before?: () => Promise<void>): Promise<Journey>;
}

export interface Journey {
  /** The trace that the customer began it with. */
  readonly traceId: string;
  /** The id under which the edge answered it; undefined where it told none. */
  readonly requestId?: string;
  readonly status: number;
  /** Milliseconds until it was answered. */
  readonly ms: number;
  /** Service that took it. */
  readonly service: string;
  /** Waits so many milliseconds for what the customer is told of it afterwards; undefined where nothing came. */
  event(forMs: number): Promise<JourneyEvent | undefined>;
}

export interface JourneyEvent {
  readonly requestId?: string;
  readonly traceId?: string;
  /** Milliseconds from the request. */
  readonly ms: number;
}

export interface Span {
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly spanId: string;
  readonly parentId?: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}
