/** For tests: folders of certificates that are replaced the ways platforms do it, and waiting for what follows. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Paths, as the test authority issues them. */
interface Issued {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export interface Volume {
  readonly folder: string;
  readonly files: { readonly certFile: string; readonly keyFile: string; readonly caFile: string };
  /** As the kubelet does: a new folder, and the link `..data` renamed over the old one. */
  swap(issued: Issued, ca?: readonly string[]): void;
  remove(): void;
}

let version = 0;

export function kubernetesVolume(issued: Issued, ca?: readonly string[]): Volume {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-volume-'));
  const swap = (next: Issued, authorities: readonly string[] = [next.ca]) => {
    const data = `..${++version}`;
    mkdirSync(join(folder, data));
    copyFileSync(next.cert, join(folder, data, 'tls.crt'));
    copyFileSync(next.key, join(folder, data, 'tls.key'));
    writeFileSync(join(folder, data, 'ca.crt'), authorities.map((path) => readFileSync(path, 'utf8')).join('\n'));
    symlinkSync(data, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  swap(issued, ca);
  for (const name of ['tls.crt', 'tls.key', 'ca.crt']) symlinkSync(join('..data', name), join(folder, name));
  return {
    folder,
    files: { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key'), caFile: join(folder, 'ca.crt') },
    swap,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Resolves once `holds` does; the test's own timeout bounds it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}
