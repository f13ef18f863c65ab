/** Entry of a worker thread: signs batches by libsodium; ends at once where that is not installed. Bundled as a file of its own. */
import type { KeyObject } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { bulkSign, SIGNATURE_BYTES } from './bulk-sign.ts';
import type { Batch } from './sign-thread.ts';

const sign = bulkSign(workerData as KeyObject);

if (sign !== undefined) {
  parentPort?.on('message', ({ texts, lengths }: Batch) => {
    const signatures = new Uint8Array(lengths.length * SIGNATURE_BYTES);
    let from = 0;
    for (const [at, length] of lengths.entries()) {
      signatures.set(sign(texts.subarray(from, from + length)), at * SIGNATURE_BYTES);
      from += length;
    }
    parentPort?.postMessage(signatures, [signatures.buffer]);
  });
  parentPort?.postMessage('ready', []);
}
