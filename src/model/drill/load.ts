/** Open-loop load: requests are due by the clock, whether or not the earlier ones were answered, and latency counts from when they were due. */
export interface Load {
  /** Starts sending; goes on until stopped. Ended with the run in any case. */
  start(options: LoadOptions): Promise<RunningLoad>;
  /** Sends for that long and answers what came of it. */
  run(options: LoadOptions & { readonly seconds: number }): Promise<LoadReport>;
  /** So many addresses that its connections may come from: edges count rates by them. Throws where there are not as many. */
  addresses(count: number): readonly string[];
}

export interface LoadOptions {
  /** Sent in turn. */
  readonly requests: readonly LoadRequest[];
  readonly perSecond: number;
  /** Connections kept open; default: enough for the rate at 1 s each, at most 256. */
  readonly connections?: number;
  /** A request without an answer after this is an error of kind `timeout`; default 10 s. */
  readonly timeoutMs?: number;
  /** `ws`: the body is a message over a WebSocket that is kept, the next message its answer, counted as status 101. */
  readonly protocol?: 'http/1.1' | 'h2' | 'ws';
  /** Addresses of this machine that the connections come from, in turn; the edge counts rates by them. */
  readonly from?: readonly string[];
  /** Header of an answer by which its request is told from every other; lower-case. Messages over a WebSocket have none. */
  readonly idHeader?: string;
}

export interface LoadRequest {
  /** Public host name, of `edge.host(service)`. */
  readonly host: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RunningLoad {
  /** What has come so far. */
  report(): LoadReport;
  /** Makes nothing more due, waits until all that was due is answered or timed out, and answers the whole. */
  stop(): Promise<LoadReport>;
}

export interface LoadReport {
  /** `Date.now()` when the first request was due: where its curve begins on a time line. */
  readonly startedAt: number;
  readonly seconds: number;
  /** Requests that were due, sent, and answered with any status. */
  readonly due: number;
  readonly sent: number;
  readonly answered: number;
  /** Answers by status code. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Where an `idHeader` was named: what it said in each answer of 2xx, in the order in which they came; `''` where an answer lacks it. */
  readonly ids?: readonly string[];
  /** Requests without an answer, by kind: `refused`, `reset`, `timeout`, `closed`, `tls`, `malformed`, `local`, `other`. */
  readonly errors: Readonly<Record<string, number>>;
  /** Milliseconds from when a request was due to the last byte of its answer. Timeouts count with their length; all NaN where nothing came. */
  readonly latency: Latency;
  /** One entry for each second of the run. */
  readonly curve: readonly LoadSecond[];
  /**
   * True when the generator was the bottleneck: more than 1 % of the requests left over 20 ms late though a connection was free, or waited for one
   * while the generator's processor was used up; or this machine ran out of ports or descriptors.
   */
  readonly saturated: boolean;
  /** Longest that a request left late by the generator's own fault, milliseconds. */
  readonly latestMs: number;
}

export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface LoadSecond {
  /** Seconds since the load began. */
  readonly at: number;
  readonly answered: number;
  /** Statuses of 500 and more, and requests without an answer. */
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
}
