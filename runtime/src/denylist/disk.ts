import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pause } from '../shared/pause.ts';
import { readLines, writeLines } from './lines.ts';
import type { Replica } from './replica.ts';

export interface SnapshotOptions {
  /** Absolute path on a volume that outlives the container's restart. */
  readonly file: string;
  /** Age in ms above which the file is ignored. Default: a day. */
  readonly maxAgeMs?: number;
  /** How often the copy is written. Default: 5 s. */
  readonly everyMs?: number;
}

const DAY = 86_400_000;
/** A file from further ahead than clocks differ was not written by a clock to believe. */
const SKEW = 5000;

/** Takes the copy on disk, if there is a sound one; its age goes on counting from when it was true. Never throws: without it the list is empty and stale. */
export async function loadSnapshot({ file, maxAgeMs = DAY }: SnapshotOptions, replica: Replica): Promise<void> {
  try {
    // oxlint-disable-next-line no-bitwise
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      const { mode, uid } = stat;
      if (!stat.isFile()) throw new Error(`${file} is no file`);
      if ((mode & 0o077) !== 0) throw new Error(`${file} may be read or written by others: expected mode 0600`);
      if (process.getuid !== undefined && uid !== process.getuid()) throw new Error(`${file} belongs to user ${uid}`);
      const rebuild = replica.begin();
      const header = await readLines(handle.createReadStream({ autoClose: false }), rebuild);
      const now = replica.now();
      const age = now.wall - header.asOf;
      if (age > maxAgeMs) throw new Error(`${file} is ${Math.round(age / 1000)} s old, more than ${maxAgeMs / 1000} s`);
      if (age < -SKEW) throw new Error(`${file} is from the future: this clock was set back`);
      rebuild.commit({ id: header.id, mark: header.mark });
      replica.confirm({ wall: header.asOf, steady: now.steady - Math.max(0, age) });
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') replica.failed(error);
  }
}

/** Writes the copy now and then, whole or not at all, until the signal aborts; and once more then. */
export class SnapshotKeeper {
  readonly #options: SnapshotOptions;
  readonly #replica: Replica;
  readonly #running: Promise<void>;
  #written: number | undefined;

  constructor(options: SnapshotOptions, replica: Replica, signal: AbortSignal) {
    this.#options = options;
    this.#replica = replica;
    this.#running = this.#run(signal);
  }

  stopped(): Promise<void> {
    return this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    do {
      await pause(this.#options.everyMs ?? 5000, signal);
      await this.#write().catch((error: unknown) => this.#replica.failed(error));
    } while (!signal.aborted);
  }

  async #write(): Promise<void> {
    const contents = this.#replica.contents();
    const confirmed = this.#replica.confirmed();
    if (contents === undefined || confirmed === undefined || confirmed.wall === this.#written) return;
    const { file } = this.#options;
    const temporary = `${file}.${process.pid}.tmp`;
    await rm(temporary, { force: true });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      const lines = writeLines(contents.entries, { ...contents.position, asOf: confirmed.wall });
      await handle.writeFile(Readable.from(lines));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(dirname(file));
    this.#written = confirmed.wall;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
