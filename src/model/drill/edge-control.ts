/** Changing the edge, and reading what it noted; every change is undone at the end of the run. */
export interface EdgeControl {
  waf(): Promise<WafSetting>;
  setWaf(waf: Partial<WafSetting>): Promise<void>;
  /** The edge's rate limits, off for load that is to reach the services. */
  setRateLimits(on: boolean): Promise<void>;
  /** No new request goes to the part; resolves when the edge has no connection to it left. */
  takeOut(part: string): Promise<void>;
  putBack(part: string): Promise<void>;
  /** Has whoever renews the edge's certificate do so now, ahead of time; resolves when that is done, served or not. */
  renewCertificate(): Promise<void>;
  /**
   * Rules of the WAF that matched, by the ids that the edge gave the requests (`X-Request-Id`). A request on which it noted nothing has an
   * empty list; one that it never looked at is absent. Waits a moment for what is still being written.
   */
  wafMatches(requestIds: readonly string[]): Promise<ReadonlyMap<string, readonly WafMatch[]>>;
  /** Every log that the edge writes, and the lines of it that hold the text. */
  searchLogs(text: string): Promise<readonly EdgeLogSearch[]>;
  /** Requests for the WAF that lie in a folder of whoever runs the drill: regression tests of the Core Rule Set (`*.yaml`), and texts, one a line (`*.txt`). */
  readCorpus(folder: string): Promise<readonly WafRequest[]>;
}

export interface WafSetting {
  /** `monitor` notes what it would have refused. */
  readonly mode: 'off' | 'monitor' | 'block';
  /** Paranoia level of the Core Rule Set. */
  readonly paranoia: 1 | 2 | 3 | 4;
}

export interface WafMatch {
  readonly rule: string;
  readonly message: string;
}

export interface EdgeLogSearch {
  readonly log: string;
  readonly bytes: number;
  /** True for what is kept from everybody but the edge itself and leaves it only cut down: what the WAF saw, whole. */
  readonly raw: boolean;
  /** Whether others than the edge and the operator can read the file. */
  readonly open: boolean;
  readonly lines: readonly string[];
}

/** A request that the WAF is to judge. */
export interface WafRequest {
  /** What it is filed under: `sql injection`, a CRS file. */
  readonly class: string;
  /** Where it comes from, for who looks it up: `942100-1`. */
  readonly name: string;
  /** Whether some rule should match. With `rules`: whether one of these should, whatever the others say. */
  readonly want: { readonly attack: boolean; readonly rules?: readonly string[] };
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
