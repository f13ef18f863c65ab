/** A small lab for tests: the stores without the services, in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startedWith, workingFolder } from '../../src/drills/lab/run/proc.ts';

const SPEC = `apiVersion: launchgate/v1
kind: Platform
name: small
environments: [{ name: lab, kind: lab }]
services: [{ name: console, kind: frontend }]
stores:
  - { name: main, kind: postgres }
  - { name: realtime, kind: redis }
  - { name: nats, kind: nats }
  - { name: events, kind: kafka }
`;

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface SmallLab {
  readonly folder: string;
  readonly directory: string;
  /** Runs `launchgate lab …` in the folder. */
  run(verb: string, ...args: string[]): Promise<Ran>;
  /** As `run`, still running. */
  start(verb: string, ...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ran> };
  /** Pids of processes that work or live in the lab's folders. */
  processes(): number[];
  /** What the lab has noted, `undefined` while there is nothing. */
  state():
    | {
        readonly id: string;
        readonly scratch: string;
        readonly partsFolder: string;
        readonly parts: Record<string, { phase: string; ports: Record<string, number> }>;
      }
    | undefined;
  pid(part: string): number;
  remove(): Promise<void>;
}

/** `platform` is the folder of another spec to start from. */
export function smallLab(platform?: string): SmallLab {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-small-'));
  const directory = join(folder, 'lab');
  writeFileSync(join(folder, 'launchgate.yaml'), SPEC);
  // Of every lab that was seen here: a lab's folders are gone when one looks for what it has left.
  const roots = new Set([directory]);
  const lab: SmallLab = {
    folder,
    directory,
    run: (verb, ...args) => lab.start(verb, ...args).ended,
    start(verb, ...args) {
      const command = [join(import.meta.dirname, 'command.ts'), 'lab', verb, '--directory', directory, ...args];
      const child = spawn(process.execPath, ['--conditions=launchgate-source', ...command], {
        cwd: platform ?? folder,
      });
      const said = { out: '', err: '' };
      child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
      return { child, ended: new Promise((resolve) => child.once('close', (status) => resolve({ status, ...said }))) };
    },
    processes: () =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => isOf(pid, [...roots])),
    state() {
      try {
        const state = JSON.parse(readFileSync(join(directory, 'state.json'), 'utf8'));
        roots.add(state.scratch);
        return state;
      } catch {
        return undefined;
      }
    },
    pid: (part) => Number.parseInt(readFileSync(join(lab.state()!.partsFolder, part, '.process'), 'utf8'), 10),
    async remove() {
      await lab.run('down');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return lab;
}

/** Waits for what a test expects to come, as long as the machine needs. */
export async function until(what: () => boolean, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !what(); await sleep(20)) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${String(what)}`);
  }
}

function isOf(pid: number, roots: readonly string[]): boolean {
  const places = [workingFolder(pid), startedWith(pid, 'HOME')];
  return places.some((place) => place !== undefined && roots.some((root) => place.startsWith(`${root}/`)));
}
