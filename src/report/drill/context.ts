/** What renderers of drills know beside the report. */

/** A series of numbers over the time of a run, out of raw data: latencies of a load, say. */
export interface Curve {
  readonly name: string;
  readonly unit: string;
  /** Milliseconds since the run began, and the number. */
  readonly points: readonly (readonly [atMs: number, value: number])[];
}

export interface DrillContext {
  /** By run. */
  readonly curves: ReadonlyMap<string, readonly Curve[]>;
}
