/** A disk in memory that can fail or lose its power at any single operation, for tests of durability. */
import type { Row } from '../src/adapters/row.ts';
import type { FileOps, NewFile } from '../src/adapters/file-ops.ts';

interface Inode {
  data: Buffer;
  /** What survives a loss of power. */
  durable: Buffer;
}
type Entry = Inode | Folder;
interface Folder {
  now: Map<string, Entry>;
  durable: Map<string, Entry>;
}

/** What happens at one operation: an error or the end of the process, with or without the operation having its effect. */
export interface Fault {
  readonly step: number;
  readonly kind: 'EIO' | 'ENOSPC' | 'kill';
  readonly persisted: boolean;
}

/** What a crash leaves: `process`: all that was done; `power`: only what was synced; a number seeds a mixture of both. */
export type Crash = 'process' | 'power' | number;

export class SimulatedDisk implements FileOps {
  readonly #root: Folder = { now: new Map(), durable: new Map() };
  fault: Fault | undefined;
  steps = 0;
  dead = false;
  /** The operations as they were asked for, for the message of a failing test. */
  readonly trace: string[] = [];

  constructor() {
    this.#root.now.set('store', { now: new Map(), durable: new Map() });
    this.#root.durable = new Map(this.#root.now);
  }

  /** An independent copy; nothing is pending in it. */
  copy(): SimulatedDisk {
    const copy = new SimulatedDisk();
    copyFolder(this.#root, copy.#root);
    return copy;
  }

  /** The process is gone; what it left is what the next one finds. */
  crash(mode: Crash): void {
    let seed = typeof mode === 'number' ? mode * 2_654_435_761 + 1 : 0;
    const survives = () => {
      if (typeof mode === 'string') return mode === 'process';
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed > 1_073_741_824;
    };
    settle(this.#root, survives);
    this.fault = undefined;
    this.dead = false;
  }

  async create(path: string): Promise<NewFile> {
    const { folder, name } = this.#parent(path);
    const inode: Inode = { data: Buffer.alloc(0), durable: Buffer.alloc(0) };
    this.#step(`create ${path}`, () => {
      if (folder.now.has(name)) throw failure('EEXIST', path);
      folder.now.set(name, inode);
    });
    return {
      write: (bytes) => {
        const part = (length: number) => (inode.data = Buffer.from(bytes.subarray(0, length)));
        this.#step(
          `write ${path}`,
          () => part(bytes.length),
          () => part(bytes.length / 2),
        );
      },
      sync: async () => {
        this.#step(`sync ${path}`, () => (inode.durable = inode.data));
      },
      close: () => this.#step(`close ${path}`, () => undefined),
    };
  }

  rename(from: string, to: string): void {
    this.#step(`rename ${from} ${to}`, () => {
      const [source, target] = [this.#parent(from), this.#parent(to)];
      const entry = source.folder.now.get(source.name);
      if (entry === undefined) throw failure('ENOENT', from);
      source.folder.now.delete(source.name);
      target.folder.now.set(target.name, entry);
    });
  }

  link(from: string, to: string): void {
    this.#step(`link ${from} ${to}`, () => {
      const [source, target] = [this.#parent(from), this.#parent(to)];
      const entry = source.folder.now.get(source.name);
      if (entry === undefined) throw failure('ENOENT', from);
      if (target.folder.now.has(target.name)) throw failure('EEXIST', to);
      target.folder.now.set(target.name, entry);
    });
  }

  unlink(path: string): void {
    this.#step(`unlink ${path}`, () => {
      const { folder, name } = this.#parent(path);
      if (!folder.now.delete(name)) throw failure('ENOENT', path);
    });
  }

  mkdir(path: string): void {
    this.#step(`mkdir ${path}`, () => {
      const { folder, name } = this.#parent(path);
      if (folder.now.has(name)) throw failure('EEXIST', path);
      folder.now.set(name, { now: new Map(), durable: new Map() });
    });
  }

  async syncFolder(path: string): Promise<void> {
    this.#step(`syncFolder ${path}`, () => {
      const folder = this.#find(path);
      if (folder === undefined || !('now' in folder)) throw failure('ENOENT', path);
      folder.durable = new Map(folder.now);
    });
  }

  kind(path: string): 'file' | 'folder' | 'absent' {
    return this.#step(`kind ${path}`, () => {
      const entry = this.#find(path);
      return entry === undefined ? 'absent' : 'now' in entry ? 'folder' : 'file';
    });
  }

  read(path: string, _limit: number, row: Row): void {
    this.#step(`read ${path}`, () => {
      const entry = this.#find(path);
      if (entry === undefined) throw failure('ENOENT', path);
      if ('now' in entry) throw failure('EISDIR', path);
      row.bytes = Buffer.concat([row.bytes.subarray(0, row.used), entry.data]);
      row.used = row.bytes.length;
    });
  }

  list(path: string): { name: string; folder: boolean }[] {
    return this.#step(`list ${path}`, () => {
      const folder = this.#find(path);
      if (folder === undefined || !('now' in folder)) throw failure('ENOENT', path);
      return [...folder.now].map(([name, entry]) => ({ name, folder: 'now' in entry }));
    });
  }

  /** Counts one operation and fails it where the plan says so; a failing write may leave a part of its bytes. */
  #step<T>(what: string, effect: () => T, partial?: () => unknown): T {
    if (this.dead) throw failure('EIO', 'the process is dead');
    this.steps += 1;
    this.trace.push(what);
    if (this.fault?.step !== this.steps) return effect();
    const { kind, persisted } = this.fault;
    this.dead = kind === 'kill';
    if (persisted) (partial ?? effect)();
    throw failure(kind === 'kill' ? 'EIO' : kind, what);
  }

  #parent(path: string): { folder: Folder; name: string } {
    const at = path.lastIndexOf('/');
    const folder = this.#find(path.slice(0, at));
    if (folder === undefined || !('now' in folder)) throw failure('ENOENT', path);
    return { folder, name: path.slice(at + 1) };
  }

  #find(path: string): Entry | undefined {
    let entry: Entry | undefined = this.#root;
    for (const part of path.split('/').filter((part) => part !== '')) {
      if (entry === undefined || !('now' in entry)) return undefined;
      entry = entry.now.get(part);
    }
    return entry;
  }
}

function settle(folder: Folder, survives: () => boolean): void {
  const names = new Set([...folder.now.keys(), ...folder.durable.keys()]);
  const after = new Map<string, Entry>();
  for (const name of names) {
    const entry = (survives() ? folder.now : folder.durable).get(name);
    if (entry !== undefined) after.set(name, entry);
  }
  folder.now = after;
  folder.durable = new Map(after);
  for (const entry of after.values()) {
    if ('now' in entry) settle(entry, survives);
    else if (survives()) entry.durable = entry.data;
    else entry.data = entry.durable;
  }
}

function copyFolder(from: Folder, to: Folder): void {
  to.now.clear();
  for (const [name, entry] of from.now) {
    if ('now' in entry) {
      const folder: Folder = { now: new Map(), durable: new Map() };
      copyFolder(entry, folder);
      to.now.set(name, folder);
    } else to.now.set(name, { data: entry.data, durable: entry.data });
  }
  to.durable = new Map(to.now);
}

function failure(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}
