import { LaunchgateError } from '../model/errors.ts';

/** Runs until it is done or somebody interrupts; then it may clean up, and a second interrupt is the kernel's matter. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(new LaunchgateError('refused', 'interrupted'));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.once(name, abort);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of signals) process.removeListener(name, abort);
  }
}
