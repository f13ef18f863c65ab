/**
 * The whole kit against bare Fastify on one JSON route: requests a second and p99, in alternating rounds with wrk as load, each server in a
 * process of its own; then p99 at one rate for both, in an open loop; then what each part costs, in processor time per request over the bare server's. Equal answers first.
 * `npx node bench/kit.ts [ROUNDS] [SECONDS]`
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startGenerator } from '../src/drills/load/generator.ts';

const ROUNDS = Number(process.argv[2] ?? 15);
/** Many short rounds find quiet moments on a machine that is shared. */
const SECONDS = Number(process.argv[3] ?? 1);
/** Requests until the hot path is compiled: about this many, in rounds that do not count. */
const WARM = 100_000;
const CONNECTIONS = 32;
/** Of the bare server's most: well below what either can serve while the generator of the load works on the same processors. */
const SHARE = 0.35;
/** Requests a second that the generator, a program of Node's too, sends in time beside the server. */
const PACED_AT_MOST = 5000;
/** In these the load generator is compiled. */
const WARM_SECONDS = 2;
const RATE_LIMIT = 0.9;
const P99_LIMIT = 1.2;
const PATH = '/api/v1/instances/i-1';
const WHOLE = 'options,correlation,logging,metrics,traces,lifecycle,health,denylist';
/** Logging, metrics and traces stand on correlation: what it costs is taken off theirs. */
const PARTS: readonly (readonly [string, string, string])[] = [
  ['correlation', 'correlation', ''],
  ['logging', 'correlation,logging', 'correlation'],
  ['metrics', 'correlation,metrics', 'correlation'],
  ['traces', 'correlation,traces', 'correlation'],
  ['server options', 'options', ''],
  ['lifecycle', 'lifecycle', ''],
  ['health and shedding', 'health', ''],
  ['deny-list', 'denylist', ''],
  ['whole kit', WHOLE, ''],
];

interface Target {
  readonly child: ChildProcess;
  readonly url: string;
  /** Processor time so far in microseconds, of all threads. */
  processorTime(): Promise<number>;
}
interface Round {
  readonly rate: number;
  readonly p99: number;
  readonly microseconds: number;
}

/** Takes spans and forgets them, so that exporting is part of the cost: also while wrk runs, or it would be that of a collector that hangs. */
const collector = createServer((request, response) => void request.resume().once('end', () => response.end('{}')));
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
const { port: collectorPort } = collector.address() as { port: number };
const children: ChildProcess[] = [];
try {
  const bare = await start('');
  const whole = await start(WHOLE);
  if ((await answer(bare)) !== (await answer(whole))) throw new Error('the answers differ');
  const optioned = await start('options');
  const [bareRounds = [], wholeRounds = [], optionedRounds = []] = await alternate([bare, whole, optioned]);
  report(bareRounds, wholeRounds);
  await atOneRate(bare, whole, Math.min(PACED_AT_MOST, SHARE * median(bareRounds.map(({ rate }) => rate))));
  alike(optionedRounds, wholeRounds);
  await costs(bare);
} finally {
  for (const child of children) child.kill('SIGTERM');
  collector.closeAllConnections();
  collector.close();
}

async function start(parts: string): Promise<Target> {
  const program = fileURLToPath(new URL('kit-server.ts', import.meta.url));
  const endpoint = `http://127.0.0.1:${collectorPort}`;
  const child = spawn(process.execPath, ['--conditions=launchgate-source', program, parts, endpoint], {
    stdio: ['ignore', openSync('/dev/null', 'w'), 'pipe'],
  });
  children.push(child);
  const { stderr } = child;
  if (stderr === null) throw new Error('no standard error');
  const next = async (): Promise<number> => {
    for (;;) {
      const [chunk] = (await once(stderr, 'data')) as [Buffer];
      const number = /^(\d+)$/m.exec(chunk.toString())?.[1];
      if (number !== undefined) return Number(number);
    }
  };
  const port = await next();
  return {
    child,
    url: `http://127.0.0.1:${port}${PATH}`,
    processorTime() {
      const told = next();
      child.kill('SIGUSR2');
      return told;
    },
  };
}

async function answer({ url }: Target): Promise<string> {
  return (await fetch(url)).text();
}

/** All take their turn in every round, once each is warm. */
async function alternate(targets: readonly Target[]): Promise<Round[][]> {
  for (const target of targets) for (let warm = 0; warm < WARM;) warm += (await load(target)).rate * SECONDS;
  const rounds = targets.map((): Round[] => []);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [index, target] of targets.entries()) rounds[index]?.push(await load(target));
  return rounds;
}

async function load(target: Target): Promise<Round> {
  const before = await target.processorTime();
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '--latency', target.url];
  const { stdout } = await promisify(execFile)('wrk', args);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every request was answered:\n${stdout}`);
  const spent = (await target.processorTime()) - before;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const [, p99 = '', unit = 'ms'] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  const scale = unit === 'us' ? 0.001 : unit === 's' ? 1000 : 1;
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p99: Number(p99) * scale,
    microseconds: spent / requests,
  };
}

function report(bare: readonly Round[], whole: readonly Round[]): void {
  // Each round is compared with the one beside it: what else the machine does in that moment is in both.
  const rate = median(bare.map((each, index) => (whole[index]?.rate ?? Number.NaN) / each.rate));
  const p99 = median(bare.map((each, index) => (whole[index]?.p99 ?? Number.NaN) / each.p99));
  const paired = bare.map((each, index) => (whole[index]?.microseconds ?? Number.NaN) / each.microseconds);
  console.log(`one JSON route, ${CONNECTIONS} connections, ${ROUNDS} pairs of ${SECONDS} s`);
  for (const [name, rounds] of [
    ['bare Fastify', bare],
    ['whole kit', whole],
  ] as const)
    console.log(
      `  ${name.padEnd(14)} ${median(rounds.map((each) => each.rate))
        .toFixed(0)
        .padStart(8)} requests/s  p99 ${median(rounds.map((each) => each.p99)).toFixed(2)} ms`,
    );
  console.log(`  requests/s ${rate.toFixed(2)}x: at least ${RATE_LIMIT}x ${rate >= RATE_LIMIT ? 'met' : 'NOT met'}`);
  console.log(`  p99        ${p99.toFixed(2)}x: at most ${P99_LIMIT}x ${p99 <= P99_LIMIT ? 'met' : 'NOT met'}`);
  const [own, theirs] = [least(whole), least(bare)];
  console.log(
    `  processor time per request, all threads, system included: ${own.toFixed(1)} us to ${theirs.toFixed(1)} us in the least round of each (${(own / theirs).toFixed(2)}x), median of the pairs ${median(paired).toFixed(2)}x`,
  );
}

/**
 * p99 of both at the same requests a second, each timed from when it was due. At their most, whoever serves fewer has the longer queue, so p99
 * there tells the rate once more; this one tells what a client of a service that is not overloaded waits for.
 */
async function atOneRate(bare: Target, whole: Target, perSecond: number): Promise<void> {
  const pairs: [number, number][] = [];
  for (let round = 0; round < Math.ceil(ROUNDS / 3); round += 1) {
    const [first, second] = [await paced(bare, perSecond), await paced(whole, perSecond)];
    for (const [at, each] of first.entries()) pairs.push([each, second[at] ?? Number.NaN]);
  }
  const ratio = median(pairs.map(([theirs, ours]) => ours / theirs));
  const [theirs, ours] = [median(pairs.map(([each]) => each)), median(pairs.map(([, each]) => each))];
  console.log(
    `  p99 of both at ${perSecond.toFixed(0)} requests/s: ${theirs.toFixed(2)} ms and ${ours.toFixed(2)} ms, ${ratio.toFixed(2)}x: at most ${P99_LIMIT}x ${ratio <= P99_LIMIT ? 'met' : 'NOT met'}`,
  );
}

/** p99 of each second in milliseconds; in the first two the generator itself is compiled. */
async function paced(target: Target, perSecond: number): Promise<number[]> {
  const { hostname, port, host, pathname } = new URL(target.url);
  const generator = await startGenerator({
    protocol: 'http/1.1',
    address: hostname,
    port: Number(port),
    requests: [{ host: hostname, authority: host, path: pathname, method: 'GET', headers: {}, body: undefined }],
    perSecond,
    connections: CONNECTIONS,
    timeoutMs: 1000,
    from: [],
  });
  await sleep((WARM_SECONDS + 3) * 1000 + 500);
  const { answered, due, curve } = await generator.stop();
  if (answered !== due) throw new Error(`of ${due} requests ${answered} were answered`);
  return curve.slice(WARM_SECONDS, WARM_SECONDS + 3).map(({ p99 }) => p99);
}

/** The kit's server options are a saving of its own, and anybody can have it: so what the rest costs is told beside it. */
function alike(optioned: readonly Round[], whole: readonly Round[]): void {
  const rate = median(optioned.map((each, index) => (whole[index]?.rate ?? Number.NaN) / each.rate));
  console.log(`  against bare Fastify with the kit's server options: requests/s ${rate.toFixed(2)}x`);
}

/** The least of the rounds: what else runs on the machine only ever adds to it. */
async function costs(bare: Target): Promise<void> {
  console.log('processor time of each part, per request, least of the rounds');
  const names = [...new Set(PARTS.map(([, parts]) => parts))];
  const targets: Target[] = [];
  for (const name of names) targets.push(await start(name));
  const [ofBare = [], ...rounds] = await alternate([bare, ...targets]);
  const time = (parts: string): number => least(parts === '' ? ofBare : (rounds[names.indexOf(parts)] ?? []));
  for (const [name, parts, below] of PARTS)
    console.log(`  ${name.padEnd(22)} ${((time(parts) - time(below)) * 1000).toFixed(0).padStart(7)} ns`);
}

function least(rounds: readonly Round[]): number {
  return Math.min(...rounds.map(({ microseconds }) => microseconds));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
