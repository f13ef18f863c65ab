/** A gateway that sends what no gateway sends: it costs the node no more memory than one that keeps to the protocol. */
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { INPUT_WINDOW } from '../src/protocol.ts';
import { connect, openShell, shows, start, useAgents } from './agents.ts';
import { until } from './gateway.ts';

useAgents();

it('is cut off with a message that never ends', async () => {
  const { socket } = await connect(await start());
  for (let piece = 0; piece < 100; piece++) socket.send(Buffer.from([1]), { fin: false });
  expect((await once(socket, 'close'))[0]).toBe(1008);
});

it('has no more input kept for it than its window, while its shell takes none', async () => {
  const gateway = await connect(await start());
  const channel = await openShell(gateway);
  gateway.input(channel, 'stty raw -echo; echo re""ady; sleep 1; echo to""ok $(timeout --foreground 1 cat | wc -c).\n');
  await shows(channel, 'ready');
  for (let sent = 0; sent < 64; sent++) gateway.input(channel, Buffer.alloc(16_384, 'x'));
  await until(() => /took \d+\./.test(channel.text), 'the count');
  // What the terminal itself holds comes to it.
  const took = Number(/took (\d+)\./.exec(channel.text)?.[1]);
  expect(took).toBeGreaterThan(INPUT_WINDOW / 2);
  expect(took).toBeLessThan(4 * INPUT_WINDOW);
});
