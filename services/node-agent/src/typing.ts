/** Who is typed into on a connection: output that nobody can read as fast must not delay what somebody waits for. */

/** Milliseconds after its input in which a channel counts as typed into. */
const RECENT = 1000;

export interface Typing {
  /** Input has come for this channel; `now` is of `performance.now()`. */
  typed(channel: number, now: number): void;
  /** Whether a channel other than this one was typed into lately. */
  besides(channel: number, now: number): boolean;
}

export function createTyping(): Typing {
  let last = -1;
  let lastAt = -Infinity;
  /** Of whoever was typed into before the last one. */
  let otherAt = -Infinity;
  return {
    typed(channel, now) {
      if (channel !== last) otherAt = lastAt;
      last = channel;
      lastAt = now;
    },
    besides: (channel, now) => now - (channel === last ? otherAt : lastAt) < RECENT,
  };
}
