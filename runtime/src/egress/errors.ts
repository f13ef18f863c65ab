/** Callers learn one thing, operators everything: refusals differ in the log only, so that nobody maps a network by them. */

/** For the log. Values come from outside: log them as data, never as a format. */
export interface EgressRefusal {
  /** Why, as a stable word such as `metadata`, `port`, `mixed-answers`, `timeout`, `too-many-bytes`. */
  readonly reason: string;
  readonly host?: string;
  readonly port?: number;
  readonly address?: string;
  readonly cause?: unknown;
}

/** The one error of this part at run time: the target was not allowed, or could not be had within the caps. */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
  readonly code = 'EGRESS_REFUSED';

  constructor() {
    super('the target is not allowed, or did not answer within the limits');
  }
}

/** A policy that cannot be: ends the start of a service with exit code 78 (EX_CONFIG of sysexits.h). */
export class EgressConfigurationError extends Error {
  override readonly name = 'EgressConfigurationError';
  readonly code = 'EGRESS_CONFIGURATION';
  readonly exitCode = 78;
}

export type Report = (refusal: EgressRefusal) => void;

/** What is thrown inside of this part; `uniform` makes the public error of it. */
export class Refusal extends Error {
  readonly detail: EgressRefusal;

  constructor(detail: EgressRefusal) {
    super(detail.reason);
    this.detail = detail;
  }
}

/** Reports once, and forgets everything but that it failed. A report that throws changes nothing. */
export function uniform(error: unknown, report: Report, where: Partial<EgressRefusal> = {}): EgressRefused {
  if (error instanceof EgressRefused) return error;
  try {
    report(
      error instanceof Refusal ? { ...where, ...error.detail } : { ...where, reason: reasonOf(error), cause: error },
    );
  } catch {
    // The log's trouble is not the caller's.
  }
  return new EgressRefused();
}

function reasonOf(error: unknown): string {
  if (error instanceof DOMException) return error.name === 'TimeoutError' ? 'timeout' : 'aborted';
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed';
}
