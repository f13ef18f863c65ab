/** Ends one part of a running lab and starts it again where it was. Drills do it, and `lab restart`. */
import { nearest } from '../../engine/spec/suggest.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { Lab, Part } from './part.ts';
import { lockLab } from './run/place.ts';
import { prepare, startOne } from './run/start.ts';
import { readState, writeState, type LabState, type PartState } from './run/state.ts';
import { endPart, type Ending } from './run/stop.ts';
import { openTrust } from './trust/store.ts';

export interface RunningLab {
  readonly lab: Lab;
  readonly state: LabState;
  readonly parts: readonly Part[];
}

/** Answers how it ended, and how long it took from there until it was ready again, in milliseconds. */
export async function restartPart(
  { lab, parts }: RunningLab,
  name: string,
  signal: AbortSignal,
): Promise<{ how: Ending; tookMs: number }> {
  const part = find(parts, name);
  const lock = await lockLab(lab.directory);
  try {
    const state = readState(lab.directory);
    const noted = state?.parts[name];
    if (state === undefined || noted === undefined)
      throw new LaunchgateError('not-found', `the lab in ${lab.directory} is not up any more`, {
        next: 'Start it with "launchgate lab up".',
      });
    const note = (_: string, change: Partial<PartState>) => {
      Object.assign(noted, change);
      writeState(lab.directory, state);
    };
    const trust = await openTrust(lab.directory, lab.host);
    await prepare(part, { lab, trust, signal, note }, signal);
    const how = await endPart(lab.directory, state, name);
    const ended = performance.now();
    note(name, { restarts: noted.restarts + 1 });
    await startOne(part, { lab, trust, signal, note }, () => undefined);
    return { how, tookMs: performance.now() - ended };
  } finally {
    await lock.release();
  }
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
