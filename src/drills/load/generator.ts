/** Load from a process of its own, as the engine sees it. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { LaunchgateError } from '../../model/errors.ts';
import type { LoadReport, LoadSecond, RunningLoad } from '../../model/drill/load.ts';
import { nodeProgram } from '../lab/run/programs.ts';
import type { FromGenerator, LoadPlan, ToGenerator } from './plan.ts';

const NOTHING_YET: Omit<LoadReport, 'startedAt'> = {
  seconds: 0,
  due: 0,
  sent: 0,
  answered: 0,
  statuses: {},
  errors: {},
  latency: { p50: Number.NaN, p90: Number.NaN, p99: Number.NaN, p999: Number.NaN, max: Number.NaN },
  curve: [],
  saturated: false,
  latestMs: 0,
};

export interface Generator extends RunningLoad {
  readonly pid: number;
  /** Ends it at once; `stop` rejects then. */
  end(): void;
}

/**
 * Starts sending, and answers once the clock runs. `mark`: the process's environment, by which it is found again. Rejects with what the generator says of a plan that it cannot carry out.
 */
export async function startGenerator(plan: LoadPlan, mark: Readonly<Record<string, string>> = {}): Promise<Generator> {
  const child = forkGenerator(mark);
  const curve: LoadSecond[] = [];
  const ids: string[] = [];
  let last: LoadReport = { ...NOTHING_YET, startedAt: Date.now() };
  const started = Promise.withResolvers<void>();
  const whole = Promise.withResolvers<LoadReport>();
  whole.promise.catch(() => undefined);

  const broken = (because: string): void => {
    const error = new LaunchgateError('internal', `the load generator ${because}`);
    started.reject(error);
    whole.reject(error);
  };
  child.on('message', (message: FromGenerator) => {
    if (message.kind === 'started') return started.resolve();
    if (message.kind === 'broken') return broken(`refuses: ${message.because}`);
    curve.push(...message.progress.curve);
    const { ids: more, ...progress } = message.progress;
    ids.push(...more);
    last = {
      ...progress,
      ...(plan.idHeader === undefined ? {} : { ids: [...ids] }),
      errors: { ...progress.errors },
      curve: [...curve],
    };
    if (message.kind === 'done') whole.resolve(last);
  });
  child.on('error', (error) => broken(`could not be started: ${error.message}`));
  // Messages may still come after the exit; none after both.
  void Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(([[code, signal]]) =>
    broken(`ended before its load did (${signal ?? code})`),
  );
  const tell = (message: ToGenerator): void => {
    // One that has just ended by itself needs no telling.
    if (child.connected) child.send(message, () => undefined);
  };

  tell({ kind: 'start', plan });
  await started.promise;
  return {
    pid: child.pid!,
    report: () => last,
    stop() {
      tell({ kind: 'stop' });
      return whole.promise;
    },
    end: () => void child.kill('SIGKILL'),
  };
}

function forkGenerator(mark: Readonly<Record<string, string>>): ChildProcess {
  const { file, args = [] } = nodeProgram('drill', 'load');
  return fork(args.at(-1)!, [], {
    execPath: file,
    execArgv: args.slice(0, -1),
    // Latencies of nothing are NaN, which JSON does not have.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: mark,
  });
}
