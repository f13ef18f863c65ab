/** Signals in, exit codes out. */
import type { Log } from '../shared/log.ts';
import type { DrainReport, Lifecycle } from './lifecycle.ts';

/**
 * How a process that left says how it went.
 * - `clean` 0: everything ended by itself, every hook succeeded.
 * - `crashed` 1: it left because of an error that nobody caught, however well it left.
 * - `forced` 3: work was cut off: the drain window or the overall deadline was over, a second signal came, or something else ended the process.
 * - `hookFailed` 4: a shutdown hook failed or did not end in time, and nothing was cut off.
 */
export const EXIT = { clean: 0, crashed: 1, forced: 3, hookFailed: 4 } as const;

/** Milliseconds beyond the sum of all windows after which the process ends whatever hangs. */
const MARGIN = 1_000;
/**
 * Milliseconds in which the same signal again is no second one: what signals a whole group or control group (a terminal, systemd) reaches a process twice whose
 * parent passes signals on (`doppler run`, `dotenv`, wrappers of every kind).
 */
const ECHO = 250;

interface Handling {
  readonly log: Log;
  readonly off: boolean;
  /** Milliseconds that leaving takes at most. */
  readonly longest: number;
}

export function installHandlers(lifecycle: Lifecycle, { log, off, longest }: Handling): void {
  if (off) return;
  let crashed = false;
  let signalled: { readonly name: NodeJS.Signals; readonly at: number } | undefined;
  let begun = false;
  let ended = false;

  function end(code: number): never {
    ended = true;
    process.exit(code);
  }

  async function leave(reason: string): Promise<void> {
    // Holds the process, too: a hook may wait for something that does not.
    setTimeout(() => force('the overall deadline is over'), longest + MARGIN);
    const report = await lifecycle.shutdown(reason);
    const code = crashed ? EXIT.crashed : exitCode(report);
    log.info({ ...report, code }, 'left');
    end(code);
  }

  /** Also where the application has begun a shutdown of its own, by a request of preStop for one: that does not end the process. */
  function begin(reason: string): void {
    if (!begun) void leave(reason);
    begun = true;
  }

  function force(reason: string): void {
    log.error({ reason, phase: lifecycle.phase }, 'forced to end');
    lifecycle.force();
    end(crashed ? EXIT.crashed : EXIT.forced);
  }

  function onSignal(name: NodeJS.Signals): void {
    if (signalled === undefined) {
      signalled = { name, at: performance.now() };
      begin(name);
    } else if (signalled.name !== name || performance.now() - signalled.at >= ECHO) force(`second signal, ${name}`);
  }

  function onCrash(error: unknown, origin: string): void {
    log.error({ err: error, origin }, 'an error that nobody caught');
    crashed = true;
    begin(origin);
  }

  /** A handler of somebody else's, or the primary of a cluster that is gone: what was open is lost, whatever code they chose. */
  function onExit(code: number): void {
    if (!begun || ended) return;
    log.error({ phase: lifecycle.phase, code }, 'something else has ended the process while it was leaving');
    if (code === EXIT.clean) process.exitCode = crashed ? EXIT.crashed : EXIT.forced;
  }

  // Before others: a log is written out at the exit as well.
  process.prependListener('exit', onExit);
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', (error) => onCrash(error, 'unhandledRejection'));
}

function exitCode({ forced, failedHooks }: DrainReport): number {
  if (forced) return EXIT.forced;
  return failedHooks.length > 0 ? EXIT.hookFailed : EXIT.clean;
}
