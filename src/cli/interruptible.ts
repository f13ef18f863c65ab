import { LaunchgateError } from '../model/errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal interrupts every process in it, and npm and others pass on what they got: within this time that is one interrupt. */
const ECHO_MS = 500;

/** Runs until it is done or somebody interrupts; then it may clean up, and a second interrupt is the kernel's matter. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let interruptedAt: number | undefined;
  const giveBack = () => {
    for (const name of SIGNALS) process.removeListener(name, interrupt);
  };
  const interrupt = (name: NodeJS.Signals) => {
    const now = performance.now();
    if (interruptedAt === undefined) {
      interruptedAt = now;
      controller.abort(new LaunchgateError('refused', 'interrupted'));
    } else if (now - interruptedAt > ECHO_MS) {
      giveBack();
      process.kill(process.pid, name);
    }
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    giveBack();
  }
}

/** Runs what an interrupt ends at once, as the kernel does: `tell` says before that how far it came, so that nobody has to guess. */
export async function tellingInterrupts<T>(work: () => Promise<T>, tell: () => void): Promise<T> {
  const giveBack = () => {
    for (const name of SIGNALS) process.removeListener(name, interrupt);
  };
  const interrupt = (name: NodeJS.Signals) => {
    giveBack();
    tell();
    process.kill(process.pid, name);
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  try {
    return await work();
  } finally {
    giveBack();
  }
}
