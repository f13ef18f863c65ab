import { readFileSync } from 'node:fs';
import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Agent } from '../src/index.ts';
import { membersOf } from '../src/processes.ts';
import { AGENT_PATH } from '../src/protocol.ts';
import { agents, certificates, connect, openShell, pems, pidOf, shows, start, useAgents } from './agents.ts';
import { connectGateway, until } from './gateway.ts';

useAgents();

describe('who may connect', () => {
  it('refuses a certificate of the authority whose name is not on the list', async () => {
    const other = await certificates.other('api', 'spiffe://test/ns/platform/sa/api');
    await expect(connect(await start(), 'x', other)).rejects.toThrow('403');
  });

  it('refuses a peer without a certificate', async () => {
    await expect(connectGateway(await start(), { ca: readFileSync(certificates.own().ca) })).rejects.toThrow();
  });

  it('says what it speaks to whoever asks for something else, or in another version', async () => {
    const options = { ...pems(certificates.theirs()), port: await start(), host: '127.0.0.1', servername: 'localhost' };
    const answerTo = async (head: string): Promise<string> => {
      const socket = connectTls(options);
      let answer = '';
      socket.on('data', (data: Buffer) => (answer += data.toString())).on('error', () => {});
      socket.write(`GET ${AGENT_PATH} HTTP/1.1\r\nHost: x\r\n${head}\r\n`);
      await new Promise((done) => socket.on('close', done));
      return answer;
    };
    expect(await answerTo('')).toMatch(/^HTTP\/1\.1 426 [^]*upgrade: websocket\r\n/i);
    const hybi = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n';
    expect(await answerTo(hybi)).toMatch(/^HTTP\/1\.1 426 [^]*sec-websocket-version: 13\r\n/i);
  });

  it('lets go of whom it refuses, also of one that never closes', async () => {
    const port = await start();
    const { server } = agents[0] as Agent;
    const options = {
      ...pems(certificates.theirs()),
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      allowHalfOpen: true,
    };
    const socket = connectTls(options);
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString())).on('error', () => {});
    socket.write('GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nand more');
    const open = () => new Promise<number>((done) => server.getConnections((_error, count) => done(count)));
    await expect.poll(() => answer).toContain(' 404 ');
    await expect.poll(open, { timeout: 2000 }).toBe(0);
    socket.destroy();
  });

  it('refuses a session of another user, and a node that it is not', async () => {
    const gateway = await connect(await start());
    await openShell(gateway, { session: 'mine', user: 'alice' });
    expect((await openShell(gateway, { session: 'mine', user: 'mallory', fence: 9 })).refused?.code).toBe('denied');
    expect((await openShell(gateway, { node: 'node-2' })).refused?.code).toBe('denied');
  });
});

describe('a shell', () => {
  it('echoes, sees nothing of the agent, and reports its exit after its output', async () => {
    process.env['AGENT_SECRET_CANARY'] = 'canary-value';
    const gateway = await connect(await start());
    const channel = await openShell(gateway);
    gateway.input(channel, 'env; ls -l /proc/self/fd | cat; echo done-$((40+2))\n');
    await shows(channel, 'done-42');
    expect(channel.text).not.toContain('canary-value');
    expect(channel.text).not.toMatch(/socket:|ptmx|eventpoll/);
    gateway.input(channel, 'echo last; exit 7\n');
    const exit = await until(() => channel.exit, 'the exit');
    expect(exit).toEqual({ code: 7, signal: 0, reason: 'exited' });
    expect(channel.text).toContain('last');
  });

  it('neither ends nor goes on for longer because somebody sets the clock', async () => {
    const gateway = await connect(await start({ limits: { idle: 3_600_000, absolute: 28_800_000 } }));
    const channel = await openShell(gateway);
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 9 * 3_600_000);
    try {
      await sleep(700);
      gateway.input(channel, 'echo still-$((40+2))\n');
      await shows(channel, 'still-42');
      expect(channel.exit).toBeUndefined();
    } finally {
      clock.mockRestore();
    }
    const short = await connect(await start({ limits: { absolute: 1000 } }));
    const other = await openShell(short);
    const back = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 9 * 3_600_000);
    try {
      await expect.poll(() => other.exit?.reason, { timeout: 8000 }).toBe('absolute');
    } finally {
      back.mockRestore();
    }
  });

  it('leaves no process behind, also one that ignores SIGHUP', async () => {
    const gateway = await connect(await start());
    const channel = await openShell(gateway);
    gateway.input(channel, "(trap '' HUP; sleep 1000 & while :; do sleep 1; done) & sleep 1000 &\n");
    const pid = await pidOf(gateway, channel);
    expect(membersOf(pid).length).toBeGreaterThan(3);
    gateway.kill(channel.opened === undefined ? '' : `s-${channel.number}`);
    expect((await until(() => channel.exit, 'the exit')).reason).toBe('killed');
    await until(() => membersOf(pid).length === 0, 'the end of all processes');
  });

  it('takes input once, whatever is sent twice or out of order', async () => {
    const gateway = await connect(await start());
    const channel = await openShell(gateway, { session: 'once' });
    gateway.input(channel, 'echo a', 0);
    gateway.input(channel, 'echo ab\n', 0);
    gateway.input(channel, 'hole', 500);
    gateway.input(channel, 'b\n echo z\n', 7);
    await until(() => channel.inputAck === 17, 'the acknowledgement');
    await shows(channel, 'z\r\n');
    expect(channel.text).toContain('ab\r\n');
    expect(channel.text).not.toContain('hole');
  });

  it('applies the last of a storm of sizes', async () => {
    const gateway = await connect(await start());
    const channel = await openShell(gateway);
    for (let cols = 1; cols <= 500; cols++) gateway.resize(channel, cols, 40);
    gateway.resize(channel, 65_535, 33);
    await until(() => {
      gateway.input(channel, 'stty size\n');
      return channel.text.includes('33 1000');
    }, 'the size');
  });
});

/** What `command` writes, as a hash: it is asked to write to a terminal that changes nothing. */
/** The terminal is paused when the ring is so full of what nobody has acknowledged. */
describe('one writer', () => {
  it('cuts off the older viewer, and refuses one that comes with an old fence', async () => {
    const port = await start();
    const [first, second] = [await connect(port, 'a/1'), await connect(port, 'b/1')];
    const older = await openShell(first, { session: 'fenced', fence: 5 });
    const newer = await openShell(second, { session: 'fenced', fence: 6, mode: 'attach' });
    expect((await until(() => older.cut, 'the cut')).reason).toBe('superseded');
    first.input(older, 'echo from-the-old\n');
    const late = await openShell(first, { session: 'fenced', fence: 5, mode: 'attach' });
    expect(late.refused).toMatchObject({ code: 'fenced', fence: 6 });
    second.input(newer, 'echo from-the-new\n', 0);
    await shows(newer, 'from-the-new');
    expect(newer.text).not.toContain('from-the-old');
  });

  it('lets the same gateway renew its channel with the same fence after its connection broke', async () => {
    const port = await start();
    const before = await connect(port, 'a/1');
    const channel = await openShell(before, { session: 'renewed', fence: 5 });
    const after = await connect(port, 'a/1');
    const again = await openShell(after, { session: 'renewed', fence: 5, mode: 'attach', lastSeq: channel.seq });
    expect(again.opened?.created).toBe(false);
  });
});

describe('limits', () => {
  it('caps sessions of a user and of the node, and forgets what has ended', async () => {
    const gateway = await connect(await start({ limits: { sessionsPerUser: 1, sessionsPerNode: 2 } }));
    const first = await openShell(gateway);
    expect((await openShell(gateway)).refused?.code).toBe('user-cap');
    await openShell(gateway, { user: 'u-2' });
    expect((await openShell(gateway, { user: 'u-3' })).refused?.code).toBe('node-cap');
    gateway.input(first, 'exit\n');
    await until(() => first.exit, 'the exit');
    expect((await openShell(gateway)).opened?.created).toBe(true);
  });

  it.each([
    ['absolute', { absolute: 600 }],
    ['idle', { idle: 600 }],
    ['detached', { detached: 600 }],
  ])('ends a session that is over its %s time', async (reason, limits) => {
    const gateway = await connect(await start({ limits }));
    const channel = await openShell(gateway, { session: `over-${reason}` });
    if (reason === 'detached') gateway.detach(channel);
    else expect((await until(() => channel.exit, 'the end')).reason).toBe(reason);
    await until(() => agents[0]?.sessions.size === 0, 'the end');
    const late = await openShell(gateway, { session: `over-${reason}`, mode: 'attach', fence: 2 });
    expect((await until(() => late.exit, 'the kept exit')).reason).toBe(reason);
  });

  it('says that a session is lost rather than making a new one', async () => {
    const gateway = await connect(await start());
    expect((await openShell(gateway, { mode: 'attach' })).refused?.code).toBe('lost');
    expect((await openShell(gateway, { lastSeq: 10 })).refused?.code).toBe('lost');
  });

  it('does not call a session lost whose output was asked for too far ahead', async () => {
    const gateway = await connect(await start());
    const channel = await openShell(gateway, { session: 'alive' });
    const wrong = { session: 'alive', mode: 'attach', lastSeq: 1_000_000 };
    expect((await openShell(gateway, { ...wrong, fence: 2 })).refused?.code).toBe('ahead');
    gateway.input(channel, 'echo still-$((6*7))\n');
    await shows(channel, 'still-42');
  });

  it('closes the connection of a gateway that talks nonsense, and lives', async () => {
    const port = await start();
    for (const nonsense of [
      Buffer.alloc(0),
      Buffer.from([0x77, 0, 0, 0, 1]),
      Buffer.from([1, 0, 0, 0, 1, 0x7b]),
      'text',
    ]) {
      const gateway = await connect(port);
      gateway.socket.send(nonsense);
      const code = await new Promise((done) => gateway.socket.once('close', done));
      expect(code).toBe(1002);
    }
    expect((await openShell(await connect(port))).opened?.created).toBe(true);
  });
});
