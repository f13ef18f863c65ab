/** File systems that are mounted in a lab's folders. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Folders at or below this one on which something is mounted, the innermost first (man 5 proc, mountinfo). */
export function mountsIn(folder: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => unescaped(line.split(' ')[4] ?? ''))
    .filter((place) => place === folder || place.startsWith(folder + sep))
    .toReversed();
}

/** Mounts a file system in memory, of so many bytes, that belongs to the owner alone. Rejects with what mount says. */
export async function mountMemory(
  folder: string,
  bytes: number,
  owner: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const options = `size=${bytes},mode=0700,uid=${owner.uid},gid=${owner.gid},nosuid,nodev,noexec`;
  await run('mount', ['-t', 'tmpfs', '-o', options, 'launchgate', folder]);
}

export async function unmount(folder: string): Promise<void> {
  await run('umount', [folder]);
}

/** Spaces, tabs, newlines and backslashes are octal in the kernel's table. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
