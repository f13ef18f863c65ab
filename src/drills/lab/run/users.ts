/** System users that servers run as, and whether they can reach a folder. */
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LaunchgateError } from '../../../model/errors.ts';
import type { Owner } from '../trust/mount.ts';

/** The ids to drop to. `undefined` when the lab is not root: then everything runs as whoever started it. */
export function ownerFor(user: string | undefined): Owner {
  if (user === undefined || process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined)
    throw new LaunchgateError(
      'not-found',
      `there is no user "${user}" on this machine, and its server refuses to run as root`,
      {
        next: 'Install its Debian package, which makes the user (tools/setup), or run the lab as an ordinary user.',
      },
    );
  return { uid: Number(uid), gid: Number(gid) };
}

/** True when every folder above may be entered by everybody, as a server that has dropped to another user needs. */
export function reachableByAll(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const mode = statSync(at, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & 0o001) === 0) return false;
    if (dirname(at) === at) return true;
  }
}
