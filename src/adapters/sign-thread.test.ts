import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { workerFile } from '../model/worker-file.ts';
import { signThread } from './sign-thread.ts';

const { privateKey } = generateKeyPairSync('ed25519');

describe('a thread that signs', () => {
  const here = (text: Uint8Array) => Promise.resolve(sign(null, text, privateKey));
  const refuse = () => Promise.reject(new Error('signed here'));
  const texts = Array.from({ length: 100 }, (_, n) => Buffer.alloc(n * 7, n));
  const expected = texts.map((text) => sign(null, text, privateKey));

  it('signs what was asked for in one go and later, itself', async () => {
    const worker = new Worker(workerFile('sign-worker', import.meta.url), { workerData: privateKey });
    const thread = signThread(worker, refuse);
    await once(worker, 'message');
    expect(thread.isReady).toBe(true);
    expect(await Promise.all(texts.map((text) => thread.sign(text)))).toEqual(expected.map(bytes));
    expect(await thread.sign(texts[3] as Buffer)).toEqual(bytes(expected[3] as Buffer));
    await worker.terminate();
    expect(thread.isReady).toBe(false);
  });

  it('leaves to this thread what it owes when it breaks, and all that comes later', async () => {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
       parentPort.on('message', () => { throw new Error('broken'); });
       parentPort.postMessage('ready');`,
      { eval: true },
    );
    const thread = signThread(worker, here);
    await once(worker, 'message');
    expect(await Promise.all(texts.map((text) => thread.sign(text)))).toEqual(expected);
    expect(thread.isReady).toBe(false);
    expect(await thread.sign(texts[3] as Buffer)).toEqual(expected[3]);
  });

  it('is never ready where its worker does not start', async () => {
    const worker = new Worker(workerFile('sign-worker', import.meta.url), { workerData: 'no key' });
    const thread = signThread(worker, here);
    await new Promise((resolve) => worker.once('exit', resolve));
    expect(thread.isReady).toBe(false);
    expect(await thread.sign(texts[3] as Buffer)).toEqual(expected[3]);
  });
});

function bytes(of: Uint8Array): Uint8Array {
  return new Uint8Array(of);
}
