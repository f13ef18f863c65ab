/** For tests: an address that takes no connection and refuses none, as one behind a firewall that drops what it gets. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** Listens in a thread that then never looks again. */
const LISTENER = `
const { parentPort, workerData } = require('node:worker_threads');
const server = require('node:net').createServer().listen({ ...workerData, backlog: 1 }, () => {
  parentPort.postMessage('listening');
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});`;

export async function deafListener(host: string, port: number): Promise<{ stop(): Promise<void> }> {
  const worker = new Worker(LISTENER, { eval: true, workerData: { host, port } });
  await once(worker, 'message');
  // The kernel takes as many as the backlog holds; what comes then is dropped.
  const filling = Array.from({ length: 8 }, () => connect(port, host).on('error', () => undefined));
  while (!filling.some(({ readyState }) => readyState === 'open')) await sleep(10);
  return {
    async stop() {
      for (const socket of filling) socket.destroy();
      await worker.terminate();
    },
  };
}
