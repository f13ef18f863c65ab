import type { Journey } from './traces.ts';

/** The whole platform a second time, in an empty place beside the first. */
export interface Sites {
  /**
   * Stands it up: from the code alone with empty stores, or with what comes back from the stores' backups. Secrets come from where they are kept,
   * certificates are new. Ended and removed with the run.
   */
  build(from: 'code' | 'backups'): Promise<Site>;
}

export interface Site {
  /** From nothing to all parts ready, milliseconds. */
  readonly tookMs: number;
  /** The same by phase: the restore of each store, the start. */
  readonly phases: Readonly<Record<string, number>>;
  /** Parts of the first platform, and which of them this one has and finds ready now. */
  readonly parts: readonly string[];
  readonly ready: readonly string[];
  /** Numbers of the markers by store. */
  readonly markers: Readonly<Record<string, readonly number[]>>;
  /** A question to the second edge, as its customers would ask: path of the service, with a test user's token where named. */
  ask(service: string, path: string, user?: string): Promise<{ readonly status: number; readonly text: string }>;
  /** A request of a customer whose consequences go as far as any of the platform's do. */
  journey(): Promise<Journey>;
  remove(): Promise<void>;
}
