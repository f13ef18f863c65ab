/** Which TCP connections a process holds, as the kernel tells: its open sockets by inode, and the table of its network (man 5 proc). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** State 01 of the table. */
const ESTABLISHED = '01';

export interface HeldConnection {
  readonly pid: number;
  readonly localPort: number;
  readonly remotePort: number;
}

/** Established connections of these processes. One that ends meanwhile holds none. Throws where a process may not be looked into. */
export function connectionsOf(pids: readonly number[]): HeldConnection[] {
  return pids.flatMap((pid) => {
    const inodes = socketsOf(pid);
    if (inodes.size === 0) return [];
    return tableOf(pid)
      .filter(({ inode }) => inodes.has(inode))
      .map(({ localPort, remotePort }) => ({ pid, localPort, remotePort }));
  });
}

function socketsOf(pid: number): ReadonlySet<string> {
  const found = new Set<string>();
  for (const descriptor of unlessGone(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
    const target = unlessGone(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
    const inode = target === undefined ? undefined : /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) found.add(inode);
  }
  return found;
}

interface Row {
  readonly inode: string;
  readonly localPort: number;
  readonly remotePort: number;
}

function tableOf(pid: number): Row[] {
  return ['tcp', 'tcp6'].flatMap((table) => {
    const text = unlessGone(() => readFileSync(`/proc/${pid}/net/${table}`, 'utf8')) ?? '';
    return text
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state]) => state === ESTABLISHED)
      .map(([, local = '', remote = '', , , , , , , inode = '']) => ({
        inode,
        localPort: portOf(local),
        remotePort: portOf(remote),
      }));
  });
}

/** `0100007F:1F90`, in hexadecimal. */
function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}
