/** Input that a shell does not take for a while, over changes of the gateway: none is lost, none comes twice, and what is typed next still comes in. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { INPUT_WINDOW } from '../src/protocol.ts';
import { connect, openShell, shows, start, useAgents } from './agents.ts';
import { until, type TestChannel, type TestGateway } from './gateway.ts';

useAgents();

const SESSION = { session: 's-paste' };
const PIECE = 16_384;
const PASTE = Buffer.alloc(6 * INPUT_WINDOW, 'The quick brown fox jumps over the lazy dog. ');
const READS_LATE = Buffer.from(
  `stty raw -echo; echo re""ady; sleep 2; head -c ${PASTE.length} | sha256sum; stty sane; echo on""ward\n`,
);
const INPUT = Buffer.concat([READS_LATE, PASTE]);

/** As a page does it: from where the agent is, once, and as much as the window lets. Answers where the shell took no more for `patience` milliseconds. */
async function type(gateway: TestGateway, channel: TestChannel, patience: number): Promise<number> {
  let sent = (channel.inputAck = channel.opened?.inputSeq ?? 0);
  for (let movedAt = Date.now(); sent < INPUT.length && Date.now() - movedAt < patience;) {
    const end = Math.min(sent + PIECE, INPUT.length);
    if (end - channel.inputAck > INPUT_WINDOW) {
      await new Promise((done) => setTimeout(done, 5));
      continue;
    }
    gateway.input(channel, INPUT.subarray(sent, end), sent);
    [sent, movedAt] = [end, Date.now()];
  }
  return sent;
}

it('goes on with each gateway at what the terminal has', async () => {
  const port = await start();
  const first = await connect(port, 'gateway-1/a');
  let channel = await openShell(first, SESSION);
  first.input(channel, READS_LATE, 0);
  await shows(channel, 'ready');
  channel.opened = { ...channel.opened!, inputSeq: READS_LATE.length };
  let sent = await type(first, channel, 300);
  for (let fence = 2; fence < 5; fence++) {
    expect(sent).toBeLessThan(INPUT.length);
    const { inputAck, seq } = channel;
    const gateway = await connect(port, `gateway-${fence}/a`);
    channel = await openShell(gateway, { ...SESSION, mode: 'attach', fence, lastSeq: seq });
    expect(channel.opened?.inputSeq).toBeGreaterThanOrEqual(inputAck);
    expect(channel.opened?.inputSeq).toBeLessThanOrEqual(sent);
    sent = await type(gateway, channel, fence === 4 ? 5000 : 300);
  }
  expect(sent).toBe(INPUT.length);
  await until(() => channel.text.includes(createHash('sha256').update(PASTE).digest('hex')), 'the whole paste', 5);
  await shows(channel, 'onward');
});
