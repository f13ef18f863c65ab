import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { reservePorts } from './ports.ts';

const unknown = (count: number) => Array.from({ length: count }, () => undefined);

test('ports lie together, so that two labs of one moment hardly ever want the same', async () => {
  const ports = await reservePorts(unknown(100));
  expect(new Set(ports).size).toBe(100);
  // What others listen on is left out; the range has an end, and a hole where the kernel takes its own.
  const leaps = ports.filter((port, index) => index > 0 && Math.abs(port - (ports[index - 1] ?? 0)) > 50);
  expect(leaps.length).toBeLessThanOrEqual(2);
});

test('ports of before are taken again, but for those that somebody listens on', async () => {
  const [free = 0, used = 0] = await reservePorts(unknown(2));
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => server.listen(used, '127.0.0.1', done));
  const [same, other, more] = await reservePorts([free, used, undefined]);
  expect(same).toBe(free);
  expect(new Set([free, used, other, more]).size).toBe(4);
});
