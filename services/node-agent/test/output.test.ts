/** Output arrives whole and once, whoever stalls, goes away and comes back. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, agents, connect, openShell, shows, start, useAgents } from './agents.ts';
import { until } from './gateway.ts';

useAgents();

const FULL = (262_144 * 7) / 8;
const RAW = 'stty raw -echo; exec ';
const NUMBERS = 'seq 1 400000';
function numbersHash(): string {
  return createHash('sha256')
    .update(Array.from({ length: 400_000 }, (_, i) => `${i + 1}\n`).join(''))
    .digest('hex');
}

describe('output', () => {
  it('arrives whole when the shell ends while its viewer stalls', async () => {
    const gateway = await connect(await start({ account: { ...ACCOUNT, args: ['-c', RAW + NUMBERS] } }));
    const channel = gateway.open();
    channel.acknowledge = false;
    await until(() => channel.seq >= FULL, 'a full window');
    // More than twice as long as an exit waits for a terminal that is quiet.
    await new Promise((done) => setTimeout(done, 500));
    expect(channel.seq).toBeLessThanOrEqual(262_144);
    channel.acknowledge = true;
    gateway.credit(channel, channel.seq);
    await until(() => channel.exit, 'the exit');
    expect(channel.hash.digest('hex')).toBe(numbersHash());
  });

  it.each([41_500, 42_500, 43_500])(
    'arrives whole when the shell has ended with its last bytes unread (%i lines)',
    async (lines) => {
      const gateway = await connect(await start({ account: { ...ACCOUNT, args: ['-c', `${RAW}seq 1 ${lines}`] } }));
      const channel = gateway.open();
      channel.acknowledge = false;
      await until(() => channel.seq >= FULL, 'a full window');
      // More than twice as long as an exit waits for a terminal that is quiet.
      await new Promise((done) => setTimeout(done, 500));
      channel.acknowledge = true;
      gateway.credit(channel, channel.seq);
      await until(() => channel.exit, 'the exit');
      expect(channel.text.endsWith(`\n${lines}\n`)).toBe(true);
    },
  );

  it('goes on without a hole over any sequence of lost gateways', async () => {
    const port = await start({ account: { ...ACCOUNT, args: ['-c', RAW + NUMBERS] } });
    const hash = createHash('sha256');
    let seen = 0;
    for (let round = 1; ; round++) {
      const gateway = await connect(port, `gateway-${round}/x`);
      const channel = gateway.open({
        session: 'flood',
        fence: round,
        ...(round === 1 ? {} : { mode: 'attach', lastSeq: seen }),
      });
      Object.assign(channel, { hash });
      await until(() => channel.opened, 'an answer');
      expect(channel.opened?.gap).toBeUndefined();
      const goal = seen + 1 + Math.floor(Math.random() * 300_000);
      await until(() => channel.seq >= goal || channel.exit, 'more output');
      seen = channel.seq;
      gateway.socket.terminate();
      gateway.socket.removeAllListeners('message');
      if (channel.exit !== undefined) break;
    }
    expect(hash.digest('hex')).toBe(numbersHash());
  });

  it('says what is missing when it ran on unseen, and pauses at the limit', async () => {
    const port = await start({
      limits: { detachedHold: 0, detachedOutput: 600_000 },
      account: { ...ACCOUNT, args: ['-c', RAW + NUMBERS] },
    });
    const gateway = await connect(port);
    const channel = gateway.open({ session: 'unseen' });
    channel.acknowledge = false;
    await until(() => channel.seq > 0, 'output');
    const seen = channel.seq;
    gateway.detach(channel);
    const agent = agents[0];
    await until(() => agent?.sessions.detached === 1, 'the detachment');
    // The terminal is drained up to the limit and then holds still.
    await new Promise((done) => setTimeout(done, 700));
    const again = await openShell(gateway, { session: 'unseen', mode: 'attach', fence: 2, lastSeq: seen });
    expect(again.opened?.gap?.from).toBe(seen);
    expect(again.opened?.gap?.to).toBe(again.opened?.seq);
    expect(again.opened?.seq).toBeLessThan(seen + 1_000_000);
    await until(() => again.exit, 'the exit');
  });

  it('of one viewer that stalls does not keep back another', async () => {
    const gateway = await connect(await start());
    const flood = await openShell(gateway);
    flood.acknowledge = false;
    gateway.input(flood, 'yes\n');
    await until(() => flood.seq >= FULL, 'a full window');
    const other = await openShell(gateway);
    gateway.input(other, 'echo $((6*7))\n');
    await shows(other, '42');
    expect(flood.seq).toBeLessThanOrEqual(262_144);
  });
});
