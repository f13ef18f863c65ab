/**
 * The terminal gateway with its agent against a bare `ws` relay in front of a bare agent, in one run: throughput, echo alone and beside a
 * flood, memory of idle sessions, and what one stalled reader does to a hundred others. Ratios count.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { makeAuthority } from '../test/servers/certificates.ts';
import { startRedis } from '../test/servers/redis.ts';
import { bareClients, gatewayClients, shows, type BenchClient, type Connect } from './terminal-client.ts';
import { compareFloods, type Flooded } from './terminal-floods.ts';
import { PEER, type WorldOptions } from './terminal-world.ts';

const KEYS = 400;
const SESSIONS = Number(process.argv[2] ?? 1000);
const ROUNDS = 5;
/** Of a hundred typists: their p99 is known to a few percent only after tens of thousands of keys. */
const TYPING_ROUNDS = 10;

const authority = await makeAuthority('bench CA');
const redis = await startRedis();
const client = new Redis(redis.url);
const keys = generateKeyPairSync('ed25519');
const ticketKey = join(authority.folder, 'ticket.pem');
writeFileSync(ticketKey, keys.publicKey.export({ type: 'spki', format: 'pem' }));
const { crv, kty, x } = keys.publicKey.export({ format: 'jwk' });
const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
const files = await authority.issue('bench', { spiffe: PEER });
const ca = readFileSync(files.ca);
const children: ChildProcess[] = [];

interface Running {
  readonly port: number;
  readonly child: ChildProcess;
}

async function role(name: WorldOptions['role'], agent?: string): Promise<Running> {
  const options: WorldOptions = {
    role: name,
    ...files,
    ticketKey,
    redis: redis.url,
    ...(agent === undefined ? {} : { agent }),
  };
  const child = fork(join(import.meta.dirname, 'terminal-world.ts'), [JSON.stringify(options)], {
    execArgv: ['--conditions=launchgate-source', '--expose-gc'],
  });
  children.push(child);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`${name} has ended with ${code}`)));
  });
  return { port, child };
}

function rss({ child }: Running): Promise<number> {
  return new Promise((resolve) => {
    child.once('message', (message: { rss: number }) => resolve(message.rss));
    child.send('memory');
  });
}

interface Side extends Flooded {
  readonly front: Running;
}

function side(connect: Connect, agent: Running, front: Running): Side {
  return { connect, front, pids: [agent, front].map(({ child }) => child.pid ?? 0) };
}

async function ours(silent = false): Promise<Side> {
  const agent = await role(silent ? 'silent-agent' : 'agent');
  const front = await role('gateway');
  const connect = gatewayClients({
    port: front.port,
    agent: `127.0.0.1:${agent.port}`,
    ca,
    redis: client,
    kid,
    key: keys.privateKey,
  });
  return side(connect, agent, front);
}

async function bare(silent = false): Promise<Side> {
  const agent = await role(silent ? 'silent-bare-agent' : 'bare-agent');
  const front = await role('bare-relay', `127.0.0.1:${agent.port}`);
  return side(bareClients({ port: front.port, ca }), agent, front);
}

/** Milliseconds from each key to its echo. */
async function echoes(session: BenchClient, count: number, pause: number): Promise<number[]> {
  const times: number[] = [];
  for (let key = 0; key < count; key++) {
    const started = performance.now();
    const back = new Promise<void>((done) => {
      session.onOutput = () => done();
    });
    session.send('x');
    await back;
    times.push(performance.now() - started);
    await sleep(pause);
  }
  return times;
}

function quantile(times: readonly number[], q: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

async function quietCat(connect: Connect): Promise<BenchClient> {
  const session = await connect();
  const begun = shows(session, 'set-1');
  session.send('echo set-$((0+1)); exec cat\n');
  await begun;
  await sleep(100);
  return session;
}

async function flood(connect: Connect): Promise<BenchClient> {
  const session = await connect();
  session.send('yes\n');
  return session;
}

/** Bytes of the front process for each idle session. */
async function memory(make: (silent: boolean) => Promise<Side>): Promise<number> {
  const { connect, front } = await make(true);
  const sessions: BenchClient[] = [];
  const open = async (count: number) => {
    for (let left = count; left > 0; left -= 50)
      sessions.push(...(await Promise.all(Array.from({ length: Math.min(50, left) }, connect))));
  };
  await open(100);
  const before = await rss(front);
  await open(SESSIONS);
  await sleep(1000);
  const after = await rss(front);
  for (const session of sessions) session.close();
  return (after - before) / SESSIONS;
}

/** Echo times of a hundred typists. */
async function typists(sessions: BenchClient[]): Promise<number[]> {
  const all = await Promise.all(sessions.map((session) => echoes(session, 40, 50 + Math.random() * 100)));
  return all.flat();
}

interface Typed {
  readonly disturbed: readonly number[];
  /** Without the stalled reader, right before and right after: how far the two differ is what the machine alone does. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** A hundred typists, with and without one more session that floods and whose reader has stalled, by turns. */
async function besideStalled(connect: Connect): Promise<Typed> {
  const hundred = await Promise.all(Array.from({ length: 100 }, () => quietCat(connect)));
  const typed = { disturbed: [] as number[], before: [] as number[], after: [] as number[] };
  for (let round = 0; round < TYPING_ROUNDS; round++) {
    typed.before.push(...(await typists(hundred)));
    const stalled = await flood(connect);
    stalled.stall();
    await sleep(300);
    typed.disturbed.push(...(await typists(hundred)));
    stalled.close();
    await sleep(300);
    typed.after.push(...(await typists(hundred)));
  }
  for (const one of hundred) one.close();
  return typed;
}

function say(name: string, figures: string, target: string): void {
  console.log(`${name.padEnd(34)} ${figures.padEnd(64)} ${target}`);
}

try {
  const [us, them] = [await ours(), await bare()];
  const floods = await compareFloods(us, them);
  say(
    'throughput',
    `${floods.us.rate.toFixed(0)} MB/s, bare ${floods.them.rate.toFixed(0)} MB/s: ${floods.ratio.toFixed(2)}x`,
    'at least 0.9x',
  );
  say(
    'processor time of agent and front',
    `${floods.us.spent.toFixed(1)} ms/MiB, bare ${floods.them.spent.toFixed(1)} ms/MiB`,
    '',
  );
  const idle = { us: [] as number[], them: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [who, { connect }] of [
      ['them', them],
      ['us', us],
    ] as const) {
      const session = await quietCat(connect);
      idle[who].push(...(await echoes(session, KEYS, 2)));
      session.close();
    }
  }
  const p99 = { us: quantile(idle.us, 0.99), them: quantile(idle.them, 0.99) };
  say(
    'echo p99, idle',
    `${p99.us.toFixed(2)} ms, bare ${p99.them.toFixed(2)} ms: ${(p99.us / p99.them).toFixed(2)}x`,
    'at most 1.2x',
  );
  const session = await quietCat(us.connect);
  const noise = await flood(us.connect);
  noise.onOutput = () => {};
  await sleep(300);
  const beside = await echoes(session, KEYS, 2);
  noise.close();
  session.close();
  say(
    'echo beside a flood',
    `p50 ${quantile(beside, 0.5).toFixed(2)} ms, p99 ${quantile(beside, 0.99).toFixed(2)} ms`,
    'p99 at most 20 ms',
  );
  const { disturbed, before, after } = await besideStalled(us.connect);
  const more = (times: readonly number[], than: readonly number[]): string =>
    `${((quantile(times, 0.99) / quantile(than, 0.99) - 1) * 100).toFixed(0)} %`;
  const calm = [...before, ...after];
  say(
    'p99 of 100 beside a stalled reader',
    `${quantile(disturbed, 0.99).toFixed(2)} ms, without ${quantile(calm, 0.99).toFixed(2)} ms: ${more(disturbed, calm)}; without, after to before: ${more(after, before)}`,
    'under 10 %',
  );
  const [held, bareHeld] = [await memory(ours), await memory(bare)];
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
  say(
    'memory of an idle session',
    `${kib(held)}, bare ${kib(bareHeld)}: ${(held / bareHeld).toFixed(2)}x`,
    'at most 1.5x',
  );
  say(
    'idle sessions in 1 GiB',
    `${Math.floor((2 ** 30 - 100 * 2 ** 20) / held)} (100 MiB for the process)`,
    'at least 5,000',
  );
} finally {
  for (const child of children) child.kill();
  client.disconnect();
  await redis.stop();
  rmSync(authority.folder, { recursive: true, force: true });
}
