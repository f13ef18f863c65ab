import { sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { workerFile } from '../model/worker-file.ts';
import { signThread, type SignThread } from './sign-thread.ts';

/** Starting a thread takes as long as OpenSSL takes for about as many signatures. */
const FEW = 256;

const signInPool = promisify(sign) as (algorithm: null, data: Uint8Array, key: KeyObject) => Promise<Buffer>;

/**
 * Signs with an Ed25519 key, 64 bytes a signature: a few times by OpenSSL on the thread pool; from then on by libsodium, which needs less
 * than half of the time, in a thread beside this one, where its optional package is installed. Both make the same signatures, of which a
 * key has one for each text (RFC 8032 §5.1.6).
 */
export function signingWith(privateKey: KeyObject): (data: Uint8Array) => Promise<Uint8Array> {
  const here = (data: Uint8Array) => signInPool(null, data, privateKey);
  let asked = 0;
  let thread: SignThread | undefined;
  return (data) => {
    asked += 1;
    if (asked === FEW) thread = signThread(startWorker(privateKey), here);
    return thread?.isReady === true ? thread.sign(data) : here(data);
  };
}

function startWorker(privateKey: KeyObject): Worker {
  return new Worker(workerFile('sign-worker', import.meta.url), { workerData: privateKey });
}
