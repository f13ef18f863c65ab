/** A call to something that may hang, which is worse than something that refuses: it is given up after its deadline. */
export class DeadlineExceeded extends Error {
  readonly deadlineMs: number;

  constructor(what: string, deadlineMs: number) {
    super(`${what} did not answer within ${deadlineMs} ms`);
    this.name = 'DeadlineExceeded';
    this.deadlineMs = deadlineMs;
  }
}

/**
 * What `work` answers, or `DeadlineExceeded` after `deadlineMs`. What it answers later goes to `late`, which frees what it holds;
 * a later failure is nobody's any more.
 */
export function within<T>(what: string, deadlineMs: number, work: Promise<T>, late?: (value: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      reject(new DeadlineExceeded(what, deadlineMs));
    }, deadlineMs);
    const ended = (settle: () => void, tooLate?: () => void) => {
      clearTimeout(timer);
      if (over) tooLate?.();
      else settle();
    };
    work.then(
      (value) =>
        ended(
          () => resolve(value),
          () => late?.(value),
        ),
      (error: unknown) => ended(() => reject(error instanceof Error ? error : new Error(String(error)))),
    );
  });
}
