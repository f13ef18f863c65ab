/** A drill whose engine is killed in the middle of each of its steps, one run for each. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isClosed, pending, readEntries, type JournalEntry } from '../../../src/drills/journal/entries.ts';
import { openRuns } from '../../../src/drills/journal/recover.ts';
import type { RunRecord } from '../../../src/model/drill/record.ts';
import { until } from '../../../src/model/drill/until.ts';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
/** A watchdog has three minutes for what it takes back. */
const UNDO_MS = 200_000;

export interface Place {
  /** Folder of the lab. */
  readonly lab: string;
  /** Folder of runs. */
  readonly runs: string;
}

/** What the watchdog left in the journal, and how long it took. */
export interface Killed {
  readonly step: string;
  /** Faults that were noted when the engine died. */
  readonly faults: number;
  readonly undoneMs: number;
  /** Why some were not taken back, or not by the watchdog; empty: all were. */
  readonly left: readonly string[];
}

/** A busy machine may end a run before its last step; one that ends early each time has nothing more in this lab. */
const RUNS = 3;

/** Runs it to its end: what each step takes, of the run that came furthest. */
export async function undisturbed(place: Place, control: string, rehearsal: string): Promise<RunRecord> {
  let furthest: RunRecord | undefined;
  for (let run = 1; run <= RUNS; run += 1) {
    const record = await wholeRun(place, control, rehearsal);
    if (furthest === undefined || reached(record) > reached(furthest)) furthest = record;
    if (reached(record) === record.steps.length) break;
  }
  return furthest!;
}

function reached({ steps }: RunRecord): number {
  return steps.filter(({ endedMs }) => endedMs !== undefined).length;
}

async function wholeRun(place: Place, control: string, rehearsal: string): Promise<RunRecord> {
  const child = start(place, control, rehearsal);
  let record: RunRecord | undefined;
  for await (const line of createInterface(child.stdout!)) {
    const said = JSON.parse(line) as { readonly record?: RunRecord };
    record = said.record ?? record;
  }
  if (record === undefined) throw new Error(`the run of ${control} ended without a record`);
  return record;
}

/** A step may be over sooner than it was: then the run is begun again, and killed earlier. */
const TRIES = 4;

/** Kills the engine half-way through the step, and waits until the watchdog is done. Throws where the run never comes to that step, or is never caught in it. */
export async function killedIn(
  place: Place,
  control: string,
  rehearsal: string,
  step: { readonly index: number; readonly name: string; readonly lastsMs: number },
): Promise<Killed> {
  for (let tried = 1; tried <= TRIES; tried += 1) {
    const child = start(place, control, rehearsal);
    await begun(child, step.index);
    await sleep(step.lastsMs / 2 ** tried);
    const [run] = openRuns(place.runs);
    const ended = once(child, 'exit');
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
    if (run !== undefined) return { step: step.name, ...(await takenBack(join(place.runs, run))) };
  }
  throw new Error(`"${step.name}" was over each time before it could be interrupted`);
}

async function takenBack(folder: string): Promise<Omit<Killed, 'step'>> {
  const killedAt = performance.now();
  const noted = readEntries(folder);
  await until(() => Promise.resolve(isClosed(readEntries(folder)) || undefined), {
    signal: new AbortController().signal,
    forMs: UNDO_MS,
  });
  return {
    faults: noted.filter(({ type }) => type === 'undo').length,
    undoneMs: performance.now() - killedAt,
    left: leftOf(noted, readEntries(folder)),
  };
}

function start({ lab, runs }: Place, control: string, rehearsal: string): ChildProcess {
  return spawn(process.execPath, ['--conditions=launchgate-source', CHILD, lab, runs, control, rehearsal], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function begun(child: ChildProcess, index: number): Promise<void> {
  for await (const line of createInterface(child.stdout!)) {
    const said = JSON.parse(line) as { readonly step?: number };
    if (said.step === index) return;
  }
  throw new Error(`the run ended before step ${index + 1}`);
}

/** `noted` is the journal as the engine left it: what it had taken back by then was its own affair. */
function leftOf(noted: readonly JournalEntry[], entries: readonly JournalEntry[]): string[] {
  const owed = new Set(pending(noted).map(({ number }) => number));
  const others = entries.flatMap((one) =>
    one.type === 'undone' && owed.has(one.number) && one.by !== 'watchdog' ? [`taken back by ${one.by}`] : [],
  );
  return [
    ...(isClosed(entries) ? [] : ['the watchdog did not end']),
    ...pending(entries).map(({ kind }) => `${kind} was not taken back`),
    ...entries.flatMap((one) => (one.type === 'undone' && one.error !== undefined ? [one.error] : [])),
    ...others,
  ];
}
