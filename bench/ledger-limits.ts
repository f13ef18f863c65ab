/** The physical limits that the ledger runs into: the same operations, bare, on the same machine. */
import { generateKeyPairSync } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bulkSign } from '../src/adapters/bulk-sign.ts';
import { measured, type Figure } from './ledger-figures.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const bulkVerify = new URL('../src/ledger/bulk-verify.ts', import.meta.url).href;
/** As long as what the signatures of the measured envelopes sign. */
const message = Buffer.alloc(430);

/** Signing in this thread, by the same library as the ledger: nothing else is done. */
export function signLimit(count = 3000): Promise<Figure> {
  const sign = bulkSign(privateKey);
  if (sign === undefined) throw new Error('sodium-native is not installed');
  return measured(count, () => {
    for (let n = 0; n < count; n += 1) sign(message);
  });
}

/** Verifying in two threads at once, without their start, by the same library as fsck: nothing else is done. */
export async function verifyLimitOfTwo(count = 8000): Promise<Figure> {
  const code = `
    const { generateKeyPairSync, sign } = require('node:crypto');
    const { parentPort } = require('node:worker_threads');
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const message = Buffer.alloc(${message.length}), signature = sign(null, message, privateKey);
    import(${JSON.stringify(bulkVerify)}).then(({ bulkVerify }) => bulkVerify()).then((verify) => {
      parentPort.once('message', () => {
        for (let n = 0; n < ${count / 2}; n += 1) verify(raw, message, signature);
        parentPort.postMessage('done');
      });
      parentPort.postMessage('ready');
    });`;
  const workers = [0, 1].map(() => new Worker(code, { eval: true }));
  const next = (worker: Worker) => new Promise((resolve) => worker.once('message', resolve));
  await Promise.all(workers.map(next));
  const figure = await measured(count, async () => {
    const done = workers.map(next);
    for (const worker of workers) worker.postMessage('go', []);
    await Promise.all(done);
  });
  await Promise.all(workers.map((worker) => worker.terminate()));
  return figure;
}

/** Writing 8 KiB and waiting for the disk, one after the other. */
export async function fsyncLimit(folder: string, count = 400): Promise<Figure> {
  const file = openSync(join(folder, 'fsync'), 'w');
  const page = Buffer.alloc(8192, 1);
  const figure = await measured(count, () => {
    for (let n = 0; n < count; n += 1) {
      writeSync(file, page);
      fsyncSync(file);
    }
  });
  closeSync(file);
  return figure;
}
