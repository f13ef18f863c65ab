/** Starts the process of one part so that nothing of it can be lost: not its pid, not its last words. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab, Part } from '../part.ts';
import { writeOwned } from '../trust/mount.ts';
import { MARK } from './owned.ts';
import { needProgram } from './programs.ts';
import { RECORD } from './state.ts';
import { ownerFor } from './users.ts';

/**
 * Writes who the process is (its line of /proc/PID/stat, which keeps pid and start time over `exec`), then becomes the server. So there is no
 * moment in which a server runs whose pid nobody knows, whenever the lab itself is killed. Everything comes as arguments; the text never changes.
 */
const RECORD_THEN_EXEC = 'read -r who </proc/$$/stat && echo "$who" >"$1" && shift && exec "$@"';

export interface Launched {
  readonly process: ChildProcess;
  /** The executable, links followed. */
  readonly file: string;
  /** Resolves when it has ended, and says how. */
  readonly gone: Promise<string>;
}

/** Starts the part's command in a session of its own, which goes on when the lab's command ends. */
export function launch(lab: Lab, part: Part): Launched {
  const command = part.command(lab);
  const file = needProgram(command.file);
  const owner = ownerFor(part.user);
  const record = join(lab.folder(part.name), RECORD);
  writeOwned(record, '', 0o600, owner);
  const log = openSync(lab.log(part.name), 'a', 0o600);
  try {
    const enter = lab.enter(part.name, owner);
    const [first = '', ...rest] = [
      ...enter,
      '/bin/sh',
      '-c',
      RECORD_THEN_EXEC,
      'sh',
      record,
      file,
      ...(command.args ?? []),
    ];
    const child = spawn(first, rest, {
      cwd: lab.folder(part.name),
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...baseEnvironment(lab.folder(part.name)), ...command.env, [MARK]: lab.id },
      ...(enter.length === 0 ? owner : {}),
    });
    const gone = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal === null ? `exit status ${code}` : `signal ${signal}`));
      child.once('error', (error) => resolve(error.message));
    });
    child.unref();
    return { process: child, file: realpathSync(file), gone };
  } finally {
    closeSync(log);
  }
}

/** Nothing that the caller's environment holds reaches a part by accident: no proxy, no token, no NODE_OPTIONS. */
export function baseEnvironment(home: string): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
  };
}
