/**
 * One direction of a connection: what one side sends reaches the other late, slowly, or not at all. The sender is held back when too much is on
 * its way, as by a full window.
 */
import type { Socket } from 'node:net';
import type { WireFault } from '../../../model/drill/faults.ts';

/** On its way at most, for one direction. */
const MOST_ON_THE_WAY = 1024 * 1024;
/** With a bandwidth, what leaves at once: a real line does not wait for a megabyte to be whole. */
const PIECE = 16 * 1024;

export interface Flow {
  /** Looks at the fault again. */
  changed(): void;
  /** Stops for good: neither bytes nor the end are passed on. */
  stop(): void;
}

export interface FlowOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly fault: () => WireFault;
  /** Nothing passes while true: blackholed, or stalled. */
  readonly held: () => boolean;
  readonly passed: (bytes: number) => void;
}

interface Chunk {
  /** undefined: the sender has ended its side. */
  readonly bytes: Buffer | undefined;
  readonly at: number;
}

export function startFlow({ from, to, fault, held, passed }: FlowOptions): Flow {
  const chunks: Chunk[] = [];
  let onTheWay = 0;
  let lastArrival = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  from.on('data', (bytes: Buffer) => {
    const { bytesPerSecond } = fault();
    const size = bytesPerSecond === undefined ? bytes.length : PIECE;
    for (let at = 0; at < bytes.length; at += size) queue(bytes.subarray(at, at + size));
    if (onTheWay > MOST_ON_THE_WAY) from.pause();
    deliver();
  });
  from.on('end', () => {
    chunks.push({ bytes: undefined, at: arrival(0) + (fault().slowCloseMs ?? 0) });
    deliver();
  });
  to.on('drain', deliver);

  function queue(bytes: Buffer): void {
    chunks.push({ bytes, at: arrival(bytes.length) });
    onTheWay += bytes.length;
  }

  /** When something that is sent now arrives: never before what was sent earlier. */
  function arrival(bytes: number): number {
    const { latencyMs = 0, jitterMs = 0, bytesPerSecond } = fault();
    const travels = performance.now() + latencyMs + Math.random() * jitterMs;
    const takes = bytesPerSecond === undefined ? 0 : (bytes / bytesPerSecond) * 1000;
    lastArrival = Math.max(travels, lastArrival) + takes;
    return lastArrival;
  }

  function deliver(): void {
    clearTimeout(timer);
    for (let next = chunks[0]; next !== undefined && mayPass(); next = chunks[0]) {
      const early = next.at - performance.now();
      // A timer has whole milliseconds and may be early by a part of one.
      if (early > 0.5) {
        timer = setTimeout(deliver, Math.ceil(early));
        return;
      }
      chunks.shift();
      pass(next);
    }
    if (stopped) return;
    if (held() || onTheWay > MOST_ON_THE_WAY) from.pause();
    else from.resume();
  }

  function mayPass(): boolean {
    return !stopped && !held() && !to.writableNeedDrain;
  }

  function pass({ bytes }: Chunk): void {
    if (bytes === undefined) {
      to.end();
      return;
    }
    onTheWay -= bytes.length;
    passed(bytes.length);
    to.write(bytes);
  }

  return {
    changed: deliver,
    stop() {
      stopped = true;
      clearTimeout(timer);
      chunks.length = 0;
    },
  };
}
