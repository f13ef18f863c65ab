/** What the agent writes down of what it is told: a peer that says a thing many times is written down once. */
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { ACCOUNT, connect, start, useAgents } from './agents.ts';
import { until } from './gateway.ts';

const lines: string[] = [];
const note = (_fields: object, message: string) => void lines.push(message);
const OPTIONS = {
  // It lives until it is killed, which gives those who ask again their time.
  account: { ...ACCOUNT, args: ['--norc', '-c', "trap '' HUP; echo up; sleep 60"] },
  log: { info: note, warn: note, error: note },
};

useAgents();
afterEach(() => void (lines.length = 0));

it('writes one line of a session that is killed a thousand times', async () => {
  const gateway = await connect(await start(OPTIONS));
  const channel = gateway.open();
  await until(() => channel.text.includes('up'), 'the shell');
  for (let n = 0; n < 1000; n++) gateway.kill(`s-${channel.number}`);
  expect((await until(() => channel.exit, 'the exit')).reason).toBe('killed');
  expect(lines.filter((line) => line === 'a session is killed')).toHaveLength(1);
});

it('writes one line of a gateway that sends a thousand messages that are none', async () => {
  const gateway = await connect(await start(OPTIONS));
  const closed = once(gateway.socket, 'close');
  for (let n = 0; n < 1000; n++) gateway.socket.send('x');
  // All that was sent before the answer to the close has arrived with it.
  await closed;
  expect(lines.filter((line) => line === 'a gateway has sent what is no message')).toHaveLength(1);
});
