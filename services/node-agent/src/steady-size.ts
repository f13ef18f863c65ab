/** The size of a terminal while somebody drags its window: the last of a burst counts, and few of the others are passed on. */
export interface SteadySize {
  set(cols: number, rows: number): void;
  /** Nothing is passed on any more. */
  stop(): void;
}

/** Calls `apply` at once, and then with the newest size at most once in `every` milliseconds. */
export function createSteadySize(every: number, apply: (cols: number, rows: number) => void): SteadySize {
  let next: [cols: number, rows: number] | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function pass(): void {
    timer = undefined;
    if (next === undefined) return;
    apply(...next);
    next = undefined;
    timer = setTimeout(pass, every);
  }

  return {
    set(cols, rows) {
      if (stopped) return;
      next = [cols, rows];
      if (timer === undefined) pass();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
