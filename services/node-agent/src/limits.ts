/** The bounds of an agent's sessions. Times in milliseconds, sizes in bytes. */
export interface Limits {
  /**
   * Output kept for a resume, and the most that may be unacknowledged: what a terminal can write in one round trip to its viewer.
   * At least 64 KiB.
   */
  readonly ringBytes: number;
  readonly sessionsPerNode: number;
  readonly sessionsPerUser: number;
  /** A session ends after this whatever it does. */
  readonly absolute: number;
  /** A session without input and output for so long ends. */
  readonly idle: number;
  /** A session that nobody looks at ends after this. */
  readonly detached: number;
  /** So long after its viewer went, a session waits rather than lose output. */
  readonly detachedHold: number;
  /** Output that a detached session may produce after that. */
  readonly detachedOutput: number;
  /** What happens beyond `detachedOutput`: the terminal is paused, or the session ends. */
  readonly detachedPolicy: 'pause' | 'end';
  /** Between SIGHUP and SIGKILL. */
  readonly killGrace: number;
  /** How long an ended session keeps its last output and exit status for a viewer that is on its way. */
  readonly exitRetention: number;
  /** At most one change of size in this time. */
  readonly resizeEvery: number;
}

const MINUTE = 60_000;

export const DEFAULT_LIMITS: Limits = {
  ringBytes: 524_288,
  sessionsPerNode: 200,
  sessionsPerUser: 8,
  absolute: 8 * 60 * MINUTE,
  idle: 60 * MINUTE,
  detached: 15 * MINUTE,
  detachedHold: 30_000,
  detachedOutput: 64 * 1024 * 1024,
  detachedPolicy: 'pause',
  killGrace: 5000,
  exitRetention: MINUTE,
  resizeEvery: 50,
};
