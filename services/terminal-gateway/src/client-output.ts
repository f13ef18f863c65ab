/** The output of one browser's connection: where it is, how much of it the browser has consumed, and since when it consumes nothing. */
import { MOST_UNACKNOWLEDGED } from '@launchgate/node-agent/protocol';
import type { WebSocket } from 'ws';
import { OutputQueue } from './output-queue.ts';
import { POSITION } from './protocol.ts';

/**
 * Bytes consumed of which the node is told at once; of fewer it is told with the next. Half of the smallest ring: a node whose window is full
 * has been told of enough to go on once all is consumed.
 */
const CREDIT = 32_768;

export interface OutputOptions {
  /** False only for a drill: nothing is held back for a slow browser. */
  readonly flowControl: boolean;
  /** Tells the node what was consumed. */
  credit(position: number): void;
}

export class ClientOutput {
  readonly #socket: WebSocket;
  readonly #options: OutputOptions;
  readonly #queue: OutputQueue;
  #next = 0;
  #acked = 0;
  /** What the node was told of. */
  #credited = 0;
  #stalledSince = 0;
  #seenAcked = 0;
  #seenBuffered = 0;

  constructor(socket: WebSocket, options: OutputOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#queue = new OutputQueue(socket);
  }

  /** Position after the last byte that was passed on. */
  get next(): number {
    return this.#next;
  }

  get acked(): number {
    return this.#acked;
  }

  /** Bytes sent and not yet acknowledged, or not even taken by the network. */
  get waiting(): number {
    return this.#next - this.#acked + this.#socket.bufferedAmount;
  }

  begin(position: number): void {
    this.#next = this.#acked = this.#credited = position;
    this.#stalledSince = performance.now();
  }

  /** Counts what has come, and passes it on where `live`. False when the node sends more than it may. */
  pass(frame: Buffer, live: boolean): boolean {
    this.#next += frame.length - POSITION;
    if (!this.#options.flowControl) this.#options.credit(this.#next);
    else if (this.#next - this.#acked > MOST_UNACKNOWLEDGED) return false;
    if (live) this.#queue.push(frame);
    return true;
  }

  /** False for what was never sent. */
  acknowledge(position: number): boolean {
    if (position > this.#next) return false;
    this.#acked = Math.max(this.#acked, position);
    if (this.#acked - this.#credited >= CREDIT) this.settle();
    return true;
  }

  /** Tells the node of all that was consumed. */
  settle(): void {
    if (this.#acked <= this.#credited) return;
    this.#credited = this.#acked;
    this.#options.credit(this.#acked);
  }

  /** Once a second: whether the browser has taken anything since the last time. That more waits for it is no sign of that. */
  look(now: number): void {
    const { bufferedAmount } = this.#socket;
    const moved = this.#acked !== this.#seenAcked || bufferedAmount < this.#seenBuffered;
    if (moved || this.waiting === 0) this.#stalledSince = now;
    this.#seenAcked = this.#acked;
    this.#seenBuffered = bufferedAmount;
  }

  /** Milliseconds in which nothing of what waits was consumed. */
  stalled(now: number): number {
    return this.waiting === 0 ? 0 : now - this.#stalledSince;
  }

  /** Calls back once all output is with the network. */
  drained(then: () => void): void {
    if (this.#queue.empty) return then();
    this.#queue.onDrained = () => {
      this.#queue.onDrained = undefined;
      then();
    };
  }
}
