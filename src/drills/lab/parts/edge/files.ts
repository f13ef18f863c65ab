import { execFile } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LaunchgateError } from '../../../../model/errors.ts';
import { removeSegments } from '../../run/shared-memory.ts';
import { EDGE_FOLDERS, edgeFiles } from './config/index.ts';
import type { EdgeConfig } from './types.ts';

const run = promisify(execFile);
export const NGINX = '/usr/sbin/nginx';

export function readConfig(folder: string): EdgeConfig {
  return JSON.parse(readFileSync(join(folder, 'edge.json'), 'utf8')) as EdgeConfig;
}

/** Writes nginx's files and `edge.json`, all owned by whom the folder belongs to, so that the lab's root and the server's user get along. */
export function writeConfig(folder: string, config: EdgeConfig): void {
  const owner = statSync(folder);
  const give = (path: string): void => {
    if (process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid);
  };
  for (const name of EDGE_FOLDERS) {
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    give(join(folder, name));
  }
  for (const [path, text] of [...edgeFiles(config, folder), ['edge.json', `${JSON.stringify(config, null, 2)}\n`]]) {
    const target = join(folder, path ?? '');
    writeFileSync(`${target}.new`, text ?? '', { mode: 0o600 });
    give(`${target}.new`);
    renameSync(`${target}.new`, target);
  }
}

/** nginx's arguments for a folder. `-e` keeps even the first words out of /var/log. */
export function nginxArguments(folder: string): string[] {
  return ['-p', folder, '-e', join(folder, 'private/error.log'), '-c', join(folder, 'conf/nginx.conf')];
}

/** `nginx -t` on what is written, as the user that the folder belongs to. */
export async function testConfig(folder: string, signal?: AbortSignal): Promise<void> {
  const owner = statSync(folder);
  const asRoot = process.getuid?.() === 0;
  const startedAt = new Date().toISOString();
  const running = run(NGINX, ['-t', '-q', ...nginxArguments(folder)], {
    timeout: 30_000,
    ...(signal === undefined ? {} : { signal }),
    ...(asRoot ? { uid: owner.uid, gid: owner.gid } : {}),
  });
  try {
    await running;
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() ?? String(cause);
    throw new LaunchgateError('input-unreadable', `nginx refuses the edge's configuration in ${folder}: ${said}`, {
      next: 'Look at conf/nginx.conf in that folder.',
      cause,
    });
  } finally {
    // A test sets everything up as well. Nobody else would know of it where no server follows.
    removeSegments({ startedAt }, new Set([running.child.pid ?? 0]));
  }
}
