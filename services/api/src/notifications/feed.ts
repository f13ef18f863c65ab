/**
 * One client's queue: one frame on its way, a bounded number behind it. A client that takes nothing for a while is let go; one that is
 * merely behind loses what does not fit and is told so once, because closing it would only make it come again for the same.
 */
import { GAP, type Frame } from './message.ts';

export interface Sink {
  /** `done` once the frame has left for the kernel. */
  write(frame: Frame, done: () => void): void;
  /** The client has taken nothing for `stallMs`. */
  stalled(): void;
}

export interface FeedOptions {
  readonly maxQueued?: number;
  readonly stallMs?: number;
  /** Called with the number of frames that were dropped. */
  readonly onDropped?: (count: number) => void;
}

export interface Feed {
  offer(frame: Frame): void;
  close(): void;
}

export function createFeed(sink: Sink, { maxQueued = 256, stallMs = 10_000, onDropped }: FeedOptions = {}): Feed {
  let queue: Frame[] = [];
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let closed = false;

  function next(): void {
    const frame = queue.shift();
    if (closed || frame === undefined) return;
    busy = true;
    timer = setTimeout(() => sink.stalled(), stallMs);
    sink.write(frame, () => {
      clearTimeout(timer);
      busy = false;
      next();
    });
  }

  return {
    offer(frame) {
      if (closed) return;
      if (queue.length >= maxQueued) {
        onDropped?.(queue.length);
        queue = [GAP];
      }
      queue.push(frame);
      if (!busy) next();
    },
    close() {
      closed = true;
      queue = [];
      clearTimeout(timer);
    },
  };
}
