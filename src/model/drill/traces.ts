/** Spans that the target kept. */
export interface Traces {
  of(traceId: string): Promise<readonly Span[]>;
}

export interface Span {
  readonly service: string;
  readonly name: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}
