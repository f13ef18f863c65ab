/** Faults beside those of processes. Each is seen to have its effect before the method answers, and is taken back with the run. */
export interface Faults {
  /**
   * Leads the connections of these parts to that server through a proxy of the drill's. The parts are restarted for it, and again when it
   * is undone; none of their connections goes past it, which is verified. Without a fault it passes everything on.
   */
  wire(from: readonly string[], to: string): Promise<RemovableWire>;
  /** The same for several ways at once, a wire for each in their order: each part is restarted once, and all of them at the same time. */
  wires(ways: readonly Way[]): Promise<{ readonly wires: readonly Wire[]; remove(): Promise<void> }>;
  /**
   * Gives the part's data a disk of their own, as large as they are with `roomBytes` more, and fills it until at most `freeBytes` are left. The part
   * is restarted for it, and again when it is undone; what it has written meanwhile stays.
   */
  fillDisk(part: string, size: { readonly freeBytes: number; readonly roomBytes: number }): Promise<FullDisk>;
  /** Restarts the part with a clock that goes so many seconds before (negative: behind) the machine's; undone by a restart. */
  skewClock(part: string, seconds: number): Promise<void>;
}

export interface Way {
  /** Parts of one service, or of several. */
  readonly from: readonly string[];
  readonly to: string;
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
}

export interface RemovableWire extends Wire {
  /** Takes the proxy out: the parts are connected directly again. */
  remove(): Promise<void>;
}

export interface FullDisk {
  /** Room that is left for the part's own user now, bytes. */
  free(): Promise<number>;
  /** Makes room again, on the same disk. */
  clear(): Promise<void>;
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
