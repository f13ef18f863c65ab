import { Worker } from 'node:worker_threads';
import { LaunchgateError } from '../model/errors.ts';
import { workerFile } from '../model/worker-file.ts';
import { verifyEd25519 } from './ed25519.ts';
import { checkChunk, type Chunk, type ChunkReport, type KeyTable } from './check-chunk.ts';

/** Checks chunks, here or in other threads. */
export interface ChunkChecker {
  /** Chunks that are worth having under way at once. */
  readonly parallel: number;
  /** Takes the chunk over: the memory of its envelopes may be moved to another thread. */
  check(chunk: Chunk): Promise<ChunkReport>;
  close(): Promise<void>;
}

/** Checks in this thread. */
export function checkHere(keys: KeyTable | undefined): ChunkChecker {
  return {
    parallel: 1,
    check: (chunk) => Promise.resolve(checkChunk(chunk, keys, verifyEd25519)),
    close: () => Promise.resolve(),
  };
}

/** Checks in worker threads; each takes the next chunk when it is done with one. Close it in any case. */
export function checkInWorkers(count: number, keys: KeyTable | undefined): ChunkChecker {
  const workers = Array.from({ length: count }, () => new ChunkWorker(keys));
  let next = 0;
  return {
    parallel: count * 2,
    check: (chunk) => {
      const worker = workers.reduce(
        (least, one) => (one.waiting < least.waiting ? one : least),
        workers[next % count] as ChunkWorker,
      );
      next += 1;
      return worker.check(chunk);
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

interface Waiting {
  resolve(report: ChunkReport): void;
  reject(error: unknown): void;
}

/** A thread that answers in the order it was asked. */
class ChunkWorker {
  readonly #worker: Worker;
  readonly #queue: Waiting[] = [];
  #failure: unknown;

  constructor(keys: KeyTable | undefined) {
    this.#worker = new Worker(workerFile('verify-worker', import.meta.url), { workerData: keys });
    this.#worker.on('message', (report: ChunkReport) => this.#queue.shift()?.resolve(report));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new LaunchgateError('internal', 'a verifying thread ended')));
  }

  get waiting(): number {
    return this.#queue.length;
  }

  check(chunk: Chunk): Promise<ChunkReport> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<ChunkReport>();
    this.#queue.push({ resolve, reject });
    this.#worker.postMessage(chunk, [chunk.envelopes.bytes.buffer as ArrayBuffer]);
    return promise;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#queue.splice(0)) reject(error);
  }
}
