/** The stores of the platform, spoken to as one of its roles or, by default, as the operator. */
export interface Databases {
  sql(store: string, as?: string): Promise<Sql>;
  redis(store: string, as?: string): Promise<RedisConnection>;
  /** The servers that keep a copy of the store to take over; `undefined` where this target has none. */
  standby(store: string): Promise<Standby | undefined>;
}

export interface Sql {
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

export interface RedisConnection {
  /** One command; rejects with the server's error as message (`NOPERM …`). */
  call(command: string, ...args: readonly (string | number)[]): Promise<unknown>;
  close(): Promise<void>;
}

/** A primary with somebody to follow it. */
export interface Standby {
  /** Whether a commit waits for the standby, as the primary says. */
  synchronous(): Promise<boolean>;
  /** Milliseconds from a commit on the primary until it can be read on the standby; `timeoutMs` or more where it did not come by then. */
  replayDelay(timeoutMs: number): Promise<number>;
  /** Writes numbered rows, each counted once it is acknowledged, over several connections that never wait for each other. */
  write(): Promise<AcknowledgedWrites>;
  /** Kills the primary at once. Undone by bringing it back as it was, and a standby of it made anew. */
  killPrimary(): Promise<void>;
  /** Makes the standby the primary; milliseconds until it takes writes. */
  promote(): Promise<number>;
}

export interface AcknowledgedWrites {
  readonly acknowledged: number;
  /** When the primary was first seen not to answer, and when a write was acknowledged again after that, milliseconds since the epoch. */
  readonly failedAt: number | undefined;
  readonly backAt: number | undefined;
  /** Ends them, and answers how many of those that were acknowledged the server of now does not have. */
  lost(): Promise<number>;
}
