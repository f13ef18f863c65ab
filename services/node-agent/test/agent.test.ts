import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority, type CertificateFiles, type TestAuthority } from '../../../test/servers/certificates.ts';
import { createAgent, type Agent, type AgentOptions } from '../src/index.ts';
import { membersOf } from '../src/processes.ts';
import { connectGateway, until, type TestChannel, type TestGateway } from './gateway.ts';

const GATEWAY = 'spiffe://test/ns/terminal/sa/terminal-gateway';
const ACCOUNT = { shell: '/bin/bash', args: ['--norc', '--noprofile'], home: '/tmp', name: 'tester' };

let authority: TestAuthority;
let own: CertificateFiles;
let theirs: CertificateFiles;
let agents: Agent[] = [];
let gateways: TestGateway[] = [];

beforeAll(async () => {
  authority = await makeAuthority();
  own = await authority.issue('node-agent', { spiffe: 'spiffe://test/ns/node-agents/sa/node-agent' });
  theirs = await authority.issue('gateway', { spiffe: GATEWAY });
});
afterEach(async () => {
  for (const { socket } of gateways) socket.terminate();
  await Promise.all(agents.map((agent) => agent.stop()));
  agents = [];
  gateways = [];
});
afterAll(() => rmSync(authority.folder, { recursive: true, force: true }));

const pems = ({ cert, key, ca }: CertificateFiles) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
  ca: readFileSync(ca),
});

async function start(options: Partial<AgentOptions> = {}): Promise<number> {
  const agent = createAgent({
    node: 'node-1',
    tls: pems(own),
    gateways: [GATEWAY],
    account: ACCOUNT,
    ...options,
    limits: { killGrace: 300, ...options.limits },
  });
  agents.push(agent);
  await new Promise<void>((done) => agent.server.listen(0, '127.0.0.1', done));
  return (agent.server.address() as AddressInfo).port;
}

async function connect(port: number, name?: string, certificate = theirs): Promise<TestGateway> {
  const gateway = await connectGateway(port, pems(certificate), name);
  gateways.push(gateway);
  return gateway;
}

async function openShell(gateway: TestGateway, request = {}): Promise<TestChannel> {
  const channel = gateway.open(request);
  await until(() => channel.opened ?? channel.refused, 'an answer');
  return channel;
}

const shows = (channel: TestChannel, text: string) => until(() => channel.text.includes(text), text);

async function pidOf(gateway: TestGateway, channel: TestChannel): Promise<number> {
  gateway.input(channel, 'echo pid=$$.\n');
  const found = await until(() => /pid=(\d+)\./.exec(channel.text) ?? undefined, 'the pid');
  return Number(found[1]);
}

describe('who may connect', () => {
  it('refuses a certificate of the authority whose name is not on the list', async () => {
    const other = await authority.issue('api', { spiffe: 'spiffe://test/ns/platform/sa/api' });
    await expect(connect(await start(), 'x', other)).rejects.toThrow('403');
  });

  it('refuses a peer without a certificate', async () => {
    await expect(connectGateway(await start(), { ca: readFileSync(own.ca) })).rejects.toThrow();
  });

  it('lets go of whom it refuses, also of one that never closes', async () => {
    const port = await start();
    const { server } = agents[0] as Agent;
    const options = { ...pems(theirs), port, host: '127.0.0.1', servername: 'localhost', allowHalfOpen: true };
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

describe('a session that cannot be recorded', () => {
  const recording = { folder: '/nonexistent/recordings', version: 2, input: false, maxBytes: 1_000_000 } as const;

  it('is refused where it may not go unrecorded', async () => {
    const gateway = await connect(await start({ recording: { ...recording, onFailure: 'refuse' } }));
    expect((await openShell(gateway)).refused?.code).toBe('recorder');
  });

  it('goes on where it may, and its user is told', async () => {
    const gateway = await connect(await start({ recording: { ...recording, onFailure: 'continue' } }));
    const channel = await openShell(gateway);
    expect(channel.opened?.recording).toBe('off');
    await until(() => channel.notices.some(({ code }) => code === 'recorder-failed'), 'the notice');
  });

  it('ends when its recording fails midway and it may not go on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'launchgate-recordings-'));
    try {
      const gateway = await connect(
        await start({ recording: { ...recording, folder, maxBytes: 20_000, onFailure: 'refuse' } }),
      );
      const channel = await openShell(gateway);
      expect(channel.opened?.recording).toBe('output');
      gateway.input(channel, 'yes\n');
      expect((await until(() => channel.exit, 'the end')).reason).toBe('recorder-failed');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
