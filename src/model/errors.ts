/** Every way Launchgate itself can fail, as a closed set: callers switch on the code, people read the message. */
export type ErrorCode =
  | 'usage'
  | 'spec-invalid'
  | 'policy-invalid'
  | 'input-unreadable'
  | 'input-hostile'
  | 'malformed-value'
  | 'evidence-invalid'
  | 'ledger-corrupt'
  | 'ledger-locked'
  | 'ledger-unreadable'
  | 'key-invalid'
  | 'not-found'
  | 'refused'
  | 'lab-failed'
  | 'internal';

/** An error with a code, a message that names what was expected, and the next step that mends it. */
export class LaunchgateError extends Error {
  readonly code: ErrorCode;
  /** What the reader can do about it, an imperative sentence. */
  readonly next?: string;

  constructor(code: ErrorCode, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LaunchgateError';
    this.code = code;
    if (options.next !== undefined) this.next = options.next;
  }
}
