/** What the kernel knows of a running nginx: its workers and their connections. Linux, proc(5). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The master's process id, or undefined while none runs. */
export function masterOf(folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(folder, 'run/nginx.pid'), 'utf8').trim());
    return titleOf(pid).startsWith('nginx: master') ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Workers that take new connections: those of older configurations say in their title that they are on their way out. */
export function activeWorkers(master: number): number[] {
  return workers(master).filter((pid) => !titleOf(pid).includes('shutting down'));
}

/** Established TCP connections of all its workers, old ones too, to `ADDRESS:PORT` (IPv4). */
export function connectionsTo(master: number, address: string): number {
  const owned = new Set(workers(master).flatMap(socketsOf));
  const wanted = hexadecimal(address);
  const table = readFileSync(`/proc/${master}/net/tcp`, 'utf8').split('\n').slice(1);
  return table.filter((line) => {
    const field = line.trim().split(/\s+/);
    return field[2] === wanted && field[3] === '01' && owned.has(field[9] ?? '');
  }).length;
}

function workers(master: number): number[] {
  try {
    const children = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ');
    return children.map(Number).filter((pid) => pid > 0 && titleOf(pid).startsWith('nginx: worker'));
  } catch {
    return [];
  }
}

function titleOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const socket = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
      return socket ?? [];
    });
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** The kernel prints addresses byte-swapped on little-endian machines: 127.0.0.1:8080 is `0100007F:1F90`. */
function hexadecimal(address: string): string {
  const [host = '', port = ''] = address.split(':');
  const bytes = host.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return `${bytes.toReversed().join('')}:${Number(port).toString(16).padStart(4, '0')}`.toUpperCase();
}
