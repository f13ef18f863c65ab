/**
 * Input on its way into a pseudo-terminal, of which the kernel takes some tens of kilobytes while its shell reads nothing. libuv, which cannot open the far end
 * of a terminal anew, has no writes for it that do not wait: the first that does not fit would hold up the agent, and with it every other shell of the node.
 */
import { writeSync } from 'node:fs';

/** Milliseconds until the kernel is asked again: at first, and doubled up to the last while it takes nothing. */
const FIRST_LOOK = 2;
const LAST_LOOK = 256;
const NOTHING = Buffer.alloc(0);

export interface PtyInput {
  /** Bytes that the terminal has not taken yet. */
  readonly unwritten: number;
  /** Keeps what the terminal does not take at once. */
  write(bytes: Buffer): void;
  /** Forgets what the terminal has not taken yet. */
  discard(): void;
}

/**
 * `fd` has to be non-blocking. It is not touched once it is no longer `isOpen`: its number may be another's by then. `taken` is told the bytes that the
 * terminal has taken, in order.
 */
export function createPtyInput(fd: number, isOpen: () => boolean, taken: (bytes: Buffer) => void): PtyInput {
  let waiting: Buffer = NOTHING;
  let timer: NodeJS.Timeout | undefined;
  let delay = FIRST_LOOK;

  function flush(): void {
    timer = undefined;
    while (waiting.length > 0) {
      const count = take(waiting);
      if (count === undefined) return discard();
      if (count === 0) return wait();
      delay = FIRST_LOOK;
      const bytes = waiting.subarray(0, count);
      waiting = waiting.subarray(count);
      taken(bytes);
    }
  }

  function discard(): void {
    waiting = NOTHING;
  }

  function wait(): void {
    timer = setTimeout(flush, delay);
    delay = Math.min(LAST_LOOK, delay * 2);
  }

  /** Bytes that it has taken; undefined once it is gone. */
  function take(bytes: Buffer): number | undefined {
    if (!isOpen()) return undefined;
    try {
      return writeSync(fd, bytes);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : undefined;
    }
  }

  return {
    get unwritten() {
      return waiting.length;
    },
    write(bytes) {
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      // What waits is not overtaken.
      if (timer === undefined) flush();
    },
    discard,
  };
}
