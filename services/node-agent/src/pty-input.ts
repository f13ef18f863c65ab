/**
 * Input on its way into a pseudo-terminal, of which the kernel takes some tens of kilobytes while its shell reads nothing. libuv, which cannot open the far end
 * of a terminal anew, has no writes for it that do not wait: the first that does not fit would hold up the agent, and with it every other shell of the node.
 */
import { writeSync } from 'node:fs';

/** Milliseconds until the kernel is asked again: at first, and doubled up to the last while it takes nothing. */
const FIRST_LOOK = 2;
const LAST_LOOK = 64;

export interface PtyInput {
  /** Bytes that the terminal has not taken yet. */
  readonly unwritten: number;
  /** Calls back when the terminal has taken these bytes. */
  write(bytes: Uint8Array, taken: () => void): void;
}

interface Waiting {
  bytes: Uint8Array;
  readonly taken: () => void;
}

/** `fd` has to be non-blocking. It is not touched once it is no longer `isOpen`: its number may be another's by then. */
export function createPtyInput(fd: number, isOpen: () => boolean): PtyInput {
  let waiting: Waiting[] = [];
  let unwritten = 0;
  let timer: NodeJS.Timeout | undefined;
  let delay = FIRST_LOOK;

  function flush(): void {
    timer = undefined;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const count = take(next.bytes);
      if (count === undefined) return forget();
      if (count === 0) return wait();
      delay = FIRST_LOOK;
      unwritten -= count;
      next.bytes = next.bytes.subarray(count);
      if (next.bytes.length > 0) continue;
      waiting.shift();
      next.taken();
    }
  }

  function forget(): void {
    [waiting, unwritten] = [[], 0];
  }

  function wait(): void {
    timer ??= setTimeout(flush, delay);
    delay = Math.min(LAST_LOOK, delay * 2);
  }

  /** Bytes that it has taken; undefined once it is gone. */
  function take(bytes: Uint8Array): number | undefined {
    if (!isOpen()) return undefined;
    try {
      return writeSync(fd, bytes);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : undefined;
    }
  }

  return {
    get unwritten() {
      return unwritten;
    },
    write(bytes, taken) {
      waiting.push({ bytes, taken });
      unwritten += bytes.length;
      if (waiting.length === 1) flush();
    },
  };
}
