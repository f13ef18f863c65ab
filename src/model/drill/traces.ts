/** Spans that the target kept. */
export interface Traces {
  /** Every span of the trace that has arrived so far, in the order of their starts. */
  of(traceId: string): Promise<readonly Span[]>;
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
