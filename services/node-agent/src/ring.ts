/** The last bytes a terminal has written, by position: what a reconnecting viewer is sent again. */
export interface OutputRing {
  readonly size: number;
  /** Position of the oldest byte that is still there. */
  readonly start: number;
  /** Position after the newest byte. */
  readonly end: number;
  /** Appends; what does not fit any more overwrites the oldest. */
  write(bytes: Uint8Array): void;
  /** Copies `length` bytes from position `from` to `target` at `offset`. The caller stays between `start` and `end`. */
  copy(from: number, length: number, target: Buffer, offset: number): void;
}

export function createRing(size: number): OutputRing {
  const store = Buffer.allocUnsafe(size);
  let end = 0;
  return {
    size,
    get start() {
      return Math.max(0, end - size);
    },
    get end() {
      return end;
    },
    write(bytes) {
      const kept = bytes.length > size ? bytes.subarray(bytes.length - size) : bytes;
      const at = (end + bytes.length - kept.length) % size;
      const first = Math.min(kept.length, size - at);
      store.set(first === kept.length ? kept : kept.subarray(0, first), at);
      if (first < kept.length) store.set(kept.subarray(first), 0);
      end += bytes.length;
    },
    copy(from, length, target, offset) {
      const at = from % size;
      const first = Math.min(length, size - at);
      store.copy(target, offset, at, at + first);
      if (first < length) store.copy(target, offset + first, 0, length - first);
    },
  };
}
