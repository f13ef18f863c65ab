/**
 * Memory for output frames on their way into one connection, used again once the network has taken them: a flood would else leave megabytes behind
 * every second, and it is their collection that costs.
 */

/** What is too small to be worth keeping. Bytes. */
const SMALL = 4096;
/** Frames that are kept: as many as may wait in the connection. */
const KEPT = 8;

export interface Frames {
  /** Memory of `length` bytes, at most `longest`, with anything in it. */
  take(length: number): Buffer;
  /** The network has taken it. What is none of these is not kept. */
  give(frame: Buffer): void;
}

export function createFrames(longest: number): Frames {
  const free: ArrayBuffer[] = [];
  return {
    take(length) {
      if (length < SMALL) return Buffer.allocUnsafe(length);
      return Buffer.from(free.pop() ?? new ArrayBuffer(longest), 0, length);
    },
    give(frame) {
      const { buffer } = frame;
      if (buffer.byteLength === longest && free.length < KEPT) free.push(buffer as ArrayBuffer);
    },
  };
}
