/** Faults beside those of processes. */
export interface Faults {
  /**
   * Leads the connections of these parts to that server through a proxy of the drill's. The parts are restarted for it, and again when it
   * is undone; none of their connections goes past it, which is verified. Without a fault it passes everything on.
   */
  wire(from: readonly string[], to: string): Promise<Wire>;
  /** Fills the folder in which the part keeps its data until at most `freeBytes` are left there. Only where that folder has a quota of its own. */
  fillDisk(part: string, freeBytes: number): Promise<void>;
}

export interface Wire {
  /** Replaces the fault on the wire, for open connections and new ones; answers once its effect was seen. */
  set(fault: WireFault): Promise<void>;
  /** Passes everything on again. */
  clear(): Promise<void>;
  /** What went through so far. */
  traffic(): Promise<{
    readonly connections: number;
    readonly open: number;
    readonly bytesUp: number;
    readonly bytesDown: number;
  }>;
  /** Takes the proxy out: the parts are connected directly again. */
  remove(): Promise<void>;
}

/** Each absent member is absent from the wire, too. */
export interface WireFault {
  /** Added to every chunk in each direction, milliseconds, with up to `jitterMs` more. */
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** Share of connections that are reset, 0 to 1, at a moment within their first `withinMs` (default 1,000). */
  readonly resets?: number;
  /** Share of connections that pass nothing on any more, 0 to 1. */
  readonly stalls?: number;
  readonly withinMs?: number;
  /** `blackhole`: connections are accepted and nothing is passed on. `refuse`: they are reset at once. `half-open`: the server side is closed, the client's stays open and silent. */
  readonly state?: 'blackhole' | 'refuse' | 'half-open';
  /** The end of one side reaches the other this much later, milliseconds. */
  readonly slowCloseMs?: number;
}
