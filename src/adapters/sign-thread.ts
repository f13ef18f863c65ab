import type { Worker } from 'node:worker_threads';
import { SIGNATURE_BYTES } from './bulk-sign.ts';

/** Texts to sign, one after the other in one piece of memory. */
export interface Batch {
  readonly texts: Uint8Array<ArrayBuffer>;
  readonly lengths: readonly number[];
}

/** Signs in a thread of its own, which does not keep the process alive unless it is asked. */
export interface SignThread {
  /** False before it has started, and after it has ended. */
  readonly isReady: boolean;
  sign(text: Uint8Array): Promise<Uint8Array>;
}

interface Waiting {
  readonly text: Uint8Array;
  resolve(signature: Uint8Array | Promise<Uint8Array>): void;
}

/**
 * Signs in a worker that says first that it is there, then answers batches in their order. What it owes when it ends is signed by
 * `instead`.
 */
export function signThread(worker: Worker, instead: (text: Uint8Array) => Promise<Uint8Array>): SignThread {
  let isReady = false;
  let gathered: Waiting[] = [];
  const sent: Waiting[][] = [];

  function sign(text: Uint8Array): Promise<Uint8Array> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    if (gathered.length === 0) queueMicrotask(send);
    gathered.push({ text, resolve });
    return promise;
  }

  /** What was asked for in one go travels together. */
  function send(): void {
    const batch = gathered;
    gathered = [];
    if (!isReady) return signInstead(batch);
    if (sent.length === 0) worker.ref();
    sent.push(batch);
    const message = batchOf(batch.map(({ text }) => text));
    worker.postMessage(message, [message.texts.buffer]);
  }

  function receive(signatures: Uint8Array): void {
    for (const [at, { resolve }] of (sent.shift() ?? []).entries())
      resolve(signatures.subarray(at * SIGNATURE_BYTES, (at + 1) * SIGNATURE_BYTES));
    if (sent.length === 0) worker.unref();
  }

  function end(): void {
    isReady = false;
    for (const batch of sent.splice(0)) signInstead(batch);
  }

  function signInstead(batch: readonly Waiting[]): void {
    for (const { text, resolve } of batch) resolve(instead(text));
  }

  worker.unref();
  worker.once('message', () => {
    isReady = true;
    worker.on('message', receive);
  });
  worker.on('error', end);
  worker.on('exit', end);
  return {
    get isReady() {
      return isReady;
    },
    sign,
  };
}

function batchOf(texts: readonly Uint8Array[]): Batch {
  const lengths = texts.map(({ length }) => length);
  const all = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const text of texts) {
    all.set(text, at);
    at += text.length;
  }
  return { texts: all, lengths };
}
