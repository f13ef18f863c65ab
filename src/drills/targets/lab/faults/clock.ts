/** A clock that is wrong: of services, by libfaketime, and as they tell it themselves. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CannotTell } from '../../../../model/drill/drill.ts';
import type { OpenLab } from '../../../lab/open.ts';
import { restartPart } from '../../../lab/restart.ts';
import type { Use } from '../../../target.ts';
import { withEnv } from '../parts.ts';

const LIBRARIES = '/usr/lib';
/** For programs with several threads. */
const LIBRARY = 'faketime/libfaketimeMT.so.1';
/** HTTP tells whole seconds, and an answer takes its time. */
const TOLERANCE_SECONDS = 2;

export async function skewClock(open: OpenLab, { undo, signal }: Use, part: string, seconds: number): Promise<void> {
  const { lab } = open;
  const told = async () => (await clockOf(open, part, signal)) - Date.now() / 1000;
  const library = fakeTime();
  await told();
  await undo.before({ kind: 'restart-parts', data: { directory: lab.directory, parts: [part] } });
  const parts = open.parts.map((one) => (one.name === part ? withEnv(one, clockAt(library, seconds)) : one));
  await restartPart({ ...open, parts }, part, signal);
  const skew = await told();
  if (Math.abs(skew - seconds) > TOLERANCE_SECONDS)
    throw new CannotTell(
      `the clock of ${part} should go ${seconds} s beside the machine's, and goes ${skew.toFixed(1)} s`,
    );
}

/** Timers go by the monotonic clock, which nobody sets; times of files are the machine's (man 1 faketime). */
function clockAt(library: string, seconds: number): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DISABLE_SHM: '1',
    NO_FAKE_STAT: '1',
  };
}

function fakeTime(): string {
  const found = readdirSync(LIBRARIES)
    .map((folder) => join(LIBRARIES, folder, LIBRARY))
    .find((path) => existsSync(path));
  if (found === undefined) throw new CannotTell('no clock can be set wrong here: libfaketime is not installed');
  return found;
}

/** Unix time as the part tells it in its answers, seconds. */
async function clockOf({ lab, state }: OpenLab, part: string, signal: AbortSignal): Promise<number> {
  const port = state.parts[part]?.ports['health'];
  if (port === undefined) throw new CannotTell(`${part} does not tell what its clock says`);
  const answer = await fetch(`http://127.0.0.1:${lab.port(part, 'health')}/livez`, { signal });
  await answer.arrayBuffer();
  const date = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(date)) throw new CannotTell(`${part} does not tell what its clock says`);
  return date / 1000;
}
