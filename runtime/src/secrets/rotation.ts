/** What all rotations share: one at a time, the newest value last, and a value that does not work changes nothing but an alarm. */
import { guarded, SecretError, type Secret } from './secret.ts';
import type { SecretSource } from './source.ts';

export interface RotationOptions {
  readonly secret: SecretSource;
  /** For trying a new value, in ms. Default 5,000. */
  readonly probeTimeoutMs?: number;
  /** How often a new value that did not work is tried again, in ms. Default 10,000. */
  readonly retryMs?: number;
  /** True: the first value is taken untried, for a service that starts, and says what is away, while its store is. Default false; NATS is always tried. */
  readonly startUntried?: boolean;
  readonly onRotated?: (version: number) => void;
  /** A new value that did not work: the old one goes on being used. */
  readonly onAlarm?: (error: SecretError) => void;
}

/**
 * `first` is the value in use, perhaps no longer the newest: opening with it took its time. `rotate` must throw before it has changed
 * anything; it is then tried again each `retryMs`, since what was down may come back before the old value ends. Returns the end of it.
 */
export function followSecret(
  options: RotationOptions,
  first: Secret,
  rotate: (secret: Secret) => Promise<void>,
): () => Promise<void> {
  const { secret, retryMs = 10_000 } = options;
  const state: { running?: Promise<void>; retry?: NodeJS.Timeout; stopped: boolean } = { stopped: false };
  let used = first;
  let alarmed: Secret | undefined;

  /** False if the value does not work now. */
  async function take(next: Secret): Promise<boolean> {
    try {
      await rotate(next);
      used = next;
      guarded(() => options.onRotated?.(secret.version));
      return true;
    } catch (cause) {
      const error = new SecretError(`the new value of ${secret.name} does not work; the old one stays`, { cause });
      if (alarmed !== next) guarded(() => options.onAlarm?.(error));
      alarmed = next;
      return false;
    }
  }
  async function catchUp(): Promise<void> {
    for (let next = secret.current; next !== used && !state.stopped; next = secret.current)
      if (!(await take(next)) && secret.current === next) {
        state.retry = setTimeout(changed, retryMs).unref();
        return;
      }
  }
  function changed(): void {
    clearTimeout(state.retry);
    state.running = (state.running ?? Promise.resolve()).then(catchUp);
  }
  const unsubscribe = secret.subscribe(changed);
  changed();
  return async () => {
    state.stopped = true;
    unsubscribe();
    clearTimeout(state.retry);
    await state.running;
  };
}
