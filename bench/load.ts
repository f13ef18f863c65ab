/**
 * The load generator with autocannon and wrk on a static page of nginx: all three on one core in turn, nginx on another. Its open loop is given
 * more than it can send, so that what it answers is its most. Target: at least 1.2x autocannon's requests a second; processor time per request
 * is told beside it, because that does not move with whoever else is at work on the machine.
 *
 * `npx node bench/load.ts [ROUNDS] [SECONDS]`
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGenerator } from '../src/drills/load/generator.ts';
import { findProgram } from '../src/drills/lab/run/programs.ts';
import { freePort } from '../test/servers/process.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const SECONDS = Number(process.argv[3] ?? 4);
const CONNECTIONS = 100;
const TARGET = 1.2;
const AUTOCANNON = 'autocannon@8.0.0';
const [CLIENT_CORE, SERVER_CORE] = ['0', '1'];
/** The kernel counts processor time in hundredths of a second. */
const TICKS = 100;

interface Round {
  readonly rate: number;
  /** Microseconds of processor time for each answer. */
  readonly cost: number;
}

if (availableParallelism() < 2) throw new Error('this needs two processors: one for the load, one for nginx');
const folder = mkdtempSync(join(tmpdir(), 'launchgate-bench-load-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}/`;
const nginx = startNginx();
try {
  await untilItAnswers();
  await countsAgree();
  const autocannon = installAutocannon();
  const rounds: Record<'launchgate' | 'autocannon' | 'wrk', Round[]> = { launchgate: [], autocannon: [], wrk: [] };
  let offered = 150_000;
  for (let round = 0; round < ROUNDS; round++) {
    const ours = await launchgate(offered);
    offered = ours.rate * 1.15;
    rounds.launchgate.push(ours);
    if (typeof autocannon === 'string') rounds.autocannon.push(runAutocannon(autocannon));
    if (findProgram('wrk') !== undefined) rounds.wrk.push(runWrk());
  }
  if (typeof autocannon !== 'string') console.log(`without autocannon: ${autocannon.reason}`);
  print(rounds);
} finally {
  nginx.kill('SIGQUIT');
  rmSync(folder, { recursive: true, force: true });
}

function startNginx(): ChildProcess {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 1; daemon off; pid ${folder}/pid; error_log stderr;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; ${paths.join(' ')}
  server { listen 127.0.0.1:${port}; location = /status { stub_status; } location / { return 200 "hello, world\\n"; } } }`,
  );
  const args = ['-c', SERVER_CORE, 'nginx', '-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')];
  return spawn('taskset', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: `${process.env['PATH']}:/usr/sbin` },
  });
}

async function untilItAnswers(): Promise<void> {
  for (let tries = 0; tries < 100; tries++, await sleep(50))
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
  throw new Error('nginx does not answer');
}

/** A rate is worth nothing if answers are counted that never were. */
async function countsAgree(): Promise<void> {
  const before = await served();
  const generator = await startGenerator(plan(2000, 1));
  await sleep(1000);
  const { answered, due, errors } = await generator.stop();
  const asked = (await served()) - before - 1;
  if (answered !== due || asked !== answered)
    throw new Error(`${due} due, ${answered} answered, nginx served ${asked}: ${JSON.stringify(errors)}`);
}

/** Requests that nginx has served, as it tells. */
async function served(): Promise<number> {
  const text = await (await fetch(`${url}status`)).text();
  return Number(/\n\s*\d+ \d+ (\d+)/.exec(text)?.[1]);
}

function plan(perSecond: number, seconds?: number): Parameters<typeof startGenerator>[0] {
  const authority = `127.0.0.1:${port}`;
  return {
    protocol: 'http/1.1',
    address: '127.0.0.1',
    port,
    requests: [{ host: '127.0.0.1', authority, path: '/', method: 'GET', headers: {}, body: undefined }],
    perSecond,
    connections: CONNECTIONS,
    timeoutMs: 1000,
    from: [],
    ...(seconds === undefined ? {} : { seconds }),
  };
}

async function launchgate(perSecond: number): Promise<Round> {
  const generator = await startGenerator(plan(perSecond));
  spawnSync('taskset', ['-acp', CLIENT_CORE, String(generator.pid)]);
  await sleep(SECONDS * 1000);
  const { answered, seconds } = generator.report();
  const spent = processorTime(generator.pid);
  generator.end();
  return { rate: answered / seconds, cost: (spent / answered) * 1_000_000 };
}

/** Seconds that a process has computed so far, the kernel's work for it included. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function runAutocannon(program: string): Round {
  const { out, spent } = measured([
    process.execPath,
    program,
    '-j',
    '-c',
    String(CONNECTIONS),
    '-d',
    String(SECONDS),
    url,
  ]);
  const { requests, duration } = JSON.parse(out) as { requests: { total: number }; duration: number };
  return { rate: requests.total / duration, cost: (spent / requests.total) * 1_000_000 };
}

function runWrk(): Round {
  const { out, spent } = measured(['wrk', '-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, url]);
  const requests = Number(/(\d+) requests in/.exec(out)?.[1]);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)?.[1]), cost: (spent / requests) * 1_000_000 };
}

/** On the client's core, with what it cost by GNU time. */
function measured(argv: readonly string[]): { readonly out: string; readonly spent: number } {
  const figures = join(folder, 'time');
  const args = ['-o', figures, '-f', '%U %S', 'taskset', '-c', CLIENT_CORE, ...argv];
  const { stdout, stderr, status } = spawnSync('/usr/bin/time', args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${argv[0]} ended with ${status}: ${stderr}`);
  const [user = 0, system = 0] = readFileSync(figures, 'utf8').trim().split('\n').at(-1)!.split(' ').map(Number);
  return { out: stdout, spent: user + system };
}

/** Its program in a folder that goes away with the run, or the one that a variable names. */
function installAutocannon(): string | { readonly reason: string } {
  const given = process.env['LAUNCHGATE_BENCH_AUTOCANNON'];
  if (given !== undefined) return given;
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', AUTOCANNON];
  const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8', timeout: 120_000 });
  if (status === 0) return join(folder, 'node_modules/autocannon/autocannon.js');
  return { reason: `npm install ${AUTOCANNON} failed: ${stderr?.trim().split('\n').at(-1) ?? 'it timed out'}` };
}

function print(rounds: Readonly<Record<string, readonly Round[]>>): void {
  console.log(`${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s; machine load ${loadavg()[0]!.toFixed(1)}`);
  console.log('                 requests/s   us/request');
  const best = Object.entries(rounds)
    .filter(([, all]) => all.length > 0)
    .map(([name, all]) => {
      const [rate, cost] = [Math.max(...all.map((one) => one.rate)), Math.min(...all.map((one) => one.cost))];
      console.log(`${name.padEnd(14)} ${rate.toFixed(0).padStart(12)} ${cost.toFixed(2).padStart(12)}`);
      return [name, { rate, cost }] as const;
    });
  const { launchgate: ours, autocannon } = Object.fromEntries(best);
  if (ours === undefined || autocannon === undefined) return;
  const [faster, cheaper] = [ours.rate / autocannon.rate, autocannon.cost / ours.cost];
  console.log(
    `to autocannon  ${faster.toFixed(2).padStart(11)}x ${cheaper.toFixed(2).padStart(11)}x  (at least ${TARGET}x)`,
  );
  process.exitCode = faster >= TARGET ? 0 : 1;
}
