/** Entry of a worker thread: checks bundles with their envelopes, signatures included. Bundled as a file of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { bulkVerify } from './bulk-verify.ts';
import { checkChunk, type Chunk, type KeyTable } from './check-chunk.ts';

const keys = workerData as KeyTable | undefined;
const verify = await bulkVerify();

parentPort?.on('message', (chunk: Chunk) => {
  const report = checkChunk(chunk, keys, verify);
  parentPort?.postMessage(report, [report.hashes.buffer as ArrayBuffer]);
});
