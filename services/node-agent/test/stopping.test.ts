/** An agent that stops is there until the last of its shells is really over: nobody else would end, or write down, what is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../src/limits.ts';
import { membersOf } from '../src/processes.ts';
import { Session } from '../src/session.ts';
import { ACCOUNT, agents, connect, openShell, start, useAgents } from './agents.ts';
import { until } from './gateway.ts';

useAgents();

/** Above what Linux gives out (PID_MAX_LIMIT). */
const NO_PROCESS = 2 ** 22 + 1;

/** A shell that runs `script` and tells its pid. */
async function running(script: string) {
  const account = { ...ACCOUNT, args: ['--norc', '-c', `trap '' HUP; sleep 60 & echo pid=$$.; ${script}`] };
  const gateway = await connect(await start({ account }));
  const channel = await openShell(gateway);
  const [, pid] = await until(() => /pid=(\d+)\./.exec(channel.text) ?? undefined, 'the pid');
  return { channel, pid: Number(pid) };
}

describe('an agent that stops', () => {
  it('waits for a shell that is being ended already, and ignores SIGHUP', async () => {
    const { channel, pid } = await running('wait');
    expect(agents[0]?.sessions.kill(`s-${channel.number}`, 'test')).toBe(true);
    await agents[0]?.sessions.stop();
    expect(membersOf(pid)).toEqual([]);
  });

  it('waits for what a shell has left behind that has just ended', async () => {
    const { channel, pid } = await running('exit 3');
    await until(() => channel.exit, 'the exit');
    await agents[0]?.sessions.stop();
    expect(membersOf(pid)).toEqual([]);
  });

  it('waits for the recording', async () => {
    const written = Promise.withResolvers<void>();
    const request = { mode: 'open', session: 's', user: 'u', node: 'n', fence: 1, cols: 80, rows: 24 } as const;
    const session = new Session(request, DEFAULT_LIMITS, { lost() {}, paused() {}, ended() {} }, 'output');
    session.start(
      { pid: NO_PROCESS, unwritten: 0, write() {}, discard() {}, resize() {}, pause() {}, resume() {} },
      { output() {}, input() {}, resize() {}, close: () => written.promise },
    );
    session.exited(0, 0);
    let over = false;
    const ended = session.end('agent-stopping').then(() => (over = true));
    await sleep(50);
    expect(over).toBe(false);
    written.resolve();
    await ended;
  });
});
