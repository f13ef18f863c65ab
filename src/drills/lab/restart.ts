/** Ends parts of a running lab and starts them again where they were. Drills do it, and `lab restart`. */
import { nearest } from '../../engine/spec/suggest.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { Lab, Part } from './part.ts';
import { lockLab } from './run/place.ts';
import { prepare, startOne, type Starting } from './run/start.ts';
import { readState, writeState, type LabState, type PartState } from './run/state.ts';
import { endPart, type Ending } from './run/stop.ts';
import { openTrust } from './trust/store.ts';

export interface RunningLab {
  readonly lab: Lab;
  readonly state: LabState;
  readonly parts: readonly Part[];
}

export interface Restarted {
  readonly how: Ending;
  /** From its end until it was ready again, milliseconds. */
  readonly tookMs: number;
}

/** Ends a part and starts it again. */
export async function restartPart(running: RunningLab, name: string, signal: AbortSignal): Promise<Restarted> {
  const [restarted] = await restartParts(running, [name], signal);
  return restarted!;
}

/** The same for several at once, in their order. None waits for the others: what they need must run. */
export async function restartParts(
  { lab, parts }: RunningLab,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Restarted[]> {
  const wanted = names.map((name) => find(parts, name));
  const lock = await lockLab(lab.directory);
  try {
    const state = readState(lab.directory);
    if (state === undefined || names.some((name) => state.parts[name] === undefined))
      throw new LaunchgateError('not-found', `the lab in ${lab.directory} is not up any more`, {
        next: 'Start it with "launchgate lab up".',
      });
    const trust = await openTrust(lab.directory, lab.host);
    const note = (name: string, change: Partial<PartState>) => {
      Object.assign(state.parts[name]!, change);
      writeState(lab.directory, state);
    };
    // The lock is kept until the last of them is done, also when another one failed.
    const all = await Promise.allSettled(wanted.map((part) => restart(part, state, { lab, trust, signal, note })));
    return all.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
  } finally {
    await lock.release();
  }
}

async function restart(part: Part, state: LabState, starting: Starting): Promise<Restarted> {
  const { lab, signal, note } = starting;
  await prepare(part, starting, signal);
  const how = await endPart(lab.directory, state, part.name);
  const ended = performance.now();
  note(part.name, { restarts: state.parts[part.name]!.restarts + 1 });
  await startOne(part, starting, () => undefined);
  return { how, tookMs: performance.now() - ended };
}

function find(parts: readonly Part[], name: string): Part {
  const found = parts.find((part) => part.name === name);
  if (found !== undefined) return found;
  const close = nearest(
    name,
    parts.map((part) => part.name),
  );
  throw new LaunchgateError('usage', `the lab has no part "${name}"`, {
    next: close === undefined ? `It has ${parts.map((part) => part.name).join(', ')}.` : `Did you mean "${close}"?`,
  });
}
