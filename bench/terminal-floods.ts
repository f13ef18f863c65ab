/**
 * Floods through one terminal of each side by turns. Where other work shares the processors, a rate says who had the quieter second: rates are compared
 * pair by pair, and the processor time of the agent and of what stands in front of it is told beside them.
 */
import { readFileSync } from 'node:fs';
import { shows, type Connect } from './terminal-client.ts';

const MIB = 64;
const BYTES = MIB * 1024 * 1024;
const PAIRS = 15;
/** Pairs that do not count: until both sides' hot paths are compiled. */
const WARM = 5;

export interface Flooded {
  readonly connect: Connect;
  /** Process ids of its agent and of the gateway or relay. */
  readonly pids: readonly number[];
}

interface Flood {
  /** MB/s. */
  readonly rate: number;
  /** Milliseconds of processor time for each MiB. */
  readonly spent: number;
}

export interface Floods {
  readonly us: Flood;
  readonly them: Flood;
  /** The median of our rate over theirs. */
  readonly ratio: number;
}

/** The medians of many pairs of floods. Who begins changes from pair to pair. */
export async function compareFloods(us: Flooded, them: Flooded): Promise<Floods> {
  const [ours, theirs]: [Flood[], Flood[]] = [[], []];
  for (let pair = -WARM; pair < PAIRS; pair++) {
    const order = [
      [us, ours],
      [them, theirs],
    ] as const;
    for (const [side, floods] of pair % 2 === 0 ? order : order.toReversed()) {
      const one = await flood(side);
      if (pair >= 0) floods.push(one);
    }
  }
  const middle = (floods: Flood[]) => ({
    rate: median(floods.map(({ rate }) => rate)),
    spent: median(floods.map(({ spent }) => spent)),
  });
  const ratio = median(ours.map(({ rate }, index) => rate / (theirs[index]?.rate ?? Number.NaN)));
  return { us: middle(ours), them: middle(theirs), ratio };
}

async function flood({ connect, pids }: Flooded): Promise<Flood> {
  const session = await connect();
  const prompt = shows(session, 'set-1');
  session.send('stty raw -echo; echo set-$((0+1))\n');
  await prompt;
  let got = 0;
  const before = processorTime(pids);
  const started = performance.now();
  const all = new Promise<void>((done) => {
    session.onOutput = (bytes) => {
      got += bytes.length;
      if (got >= BYTES) done();
    };
  });
  session.send(`yes 0123456789012345678901234567890123456789012345678901234567890 | head -c ${BYTES}\n`);
  await all;
  const seconds = (performance.now() - started) / 1000;
  const spent = (processorTime(pids) - before) / MIB;
  session.close();
  return { rate: BYTES / 1e6 / seconds, spent };
}

/** Milliseconds, in steps of ten: fields 14 and 15 of /proc/PID/stat, in hundredths of a second (proc(5)). */
function processorTime(pids: readonly number[]): number {
  let hundredths = 0;
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    hundredths += Number(fields[11]) + Number(fields[12]);
  }
  return hundredths * 10;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
