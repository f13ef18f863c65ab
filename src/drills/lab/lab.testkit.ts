/** A lab for tests of single parts: folders, certificates, secrets and free ports as the real one gives them, and parts started by hand. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { specSchema, type Spec } from '../../model/spec.ts';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { freePort, identity, startProcess, untilReady, type ServerProcess } from '../../../test/servers/process.ts';
import type { Lab, Part, TlsFiles } from './part.ts';
import type { LabPlan } from './plan.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

export interface TestLab {
  readonly lab: Lab;
  /** Prepares the part, starts it and waits until it is ready. */
  start(name: string): Promise<ServerProcess>;
  /** Ends the part's process and leaves its folder. */
  end(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** The plan of the reference platform, without services unless `replicas` says how many of which. */
export function examplePlan(more: Partial<LabPlan> = {}): LabPlan {
  const root = join(repository, 'examples/gpu-cloud');
  const spec: Spec = specSchema.parse(parse(readFileSync(join(root, 'launchgate.yaml'), 'utf8')));
  return { spec, root, replicas: new Map(), stores: new Map(), off: new Map(), left: [], ...more };
}

export async function testLab(plan: LabPlan, parts: readonly Part[]): Promise<TestLab> {
  const directory = mkdtempSync(join(tmpdir(), 'launchgate-lab-'));
  chmodSync(directory, 0o755);
  const authority = await makeAuthority();
  const ports = new Map<string, number>();
  for (const part of parts) {
    own(join(directory, part.name), part.user);
    mount(
      join(directory, part.name, 'tls'),
      await authority.issue(part.name, { dns: ['localhost', ...(part.identity?.dns ?? [])] }),
      part.user,
    );
    for (const secret of part.secrets ?? [])
      writeOwned(join(directory, part.name, 'secrets', secret), `${secret}-value`, 0o600, part.user);
    for (const port of part.ports ?? []) ports.set(`${part.name}/${port}`, await freePort());
  }
  mount(join(directory, 'client'), await authority.issue('operator'), undefined);
  const lab = labOver({ directory, plan, parts, ports });
  const running = new Map<string, ServerProcess>();
  return {
    lab,
    async start(name) {
      const part = partOf(parts, name);
      const signal = AbortSignal.timeout(60_000);
      await part.prepare?.(lab, signal);
      const { file, args = [], env = {} } = part.command(lab);
      const process = startProcess(lab.folder(name), file, args, {
        env,
        ...(part.user === undefined ? {} : { user: part.user }),
      });
      running.set(name, process);
      await untilReady(process, async () => part.ready?.(lab, AbortSignal.timeout(2000)));
      return process;
    },
    async end(name) {
      const process = running.get(name);
      running.delete(name);
      if (process === undefined) return;
      const gone = once(process.process, 'exit');
      process.signal('SIGTERM');
      await gone;
    },
    async stop() {
      await Promise.all([...running.values()].map((process) => process.stop()));
      rmSync(directory, { recursive: true, force: true });
      rmSync(authority.folder, { recursive: true, force: true });
    },
  };
}

interface Sources {
  readonly directory: string;
  readonly plan: LabPlan;
  readonly parts: readonly Part[];
  readonly ports: ReadonlyMap<string, number>;
}

function labOver({ directory, plan, parts, ports }: Sources): Lab {
  const folder = (part: string): string => join(directory, part);
  return {
    id: 'test',
    directory,
    host: '127.0.0.1',
    plan,
    folder,
    scratch: folder,
    has: (name) => parts.some((part) => part.name === name),
    port(part, name) {
      const port = ports.get(`${part}/${name}`);
      if (port === undefined) throw new RangeError(`no port ${name} of ${part}`);
      return port;
    },
    replicas: (service) => parts.map(({ name }) => name).filter((name) => new RegExp(`^${service}-\\d+$`).test(name)),
    tls: (part) => tlsFiles(join(folder(part), 'tls')),
    client: tlsFiles(join(directory, 'client')),
    secret: (name) => `${name}-value`,
    secretFile: (part, name) => join(folder(part), 'secrets', name),
    write: (part, path, content, mode = 0o600) =>
      writeOwned(join(folder(part), path), content, mode, partOf(parts, part).user),
    enter: () => [],
    log: (part) => join(directory, 'logs', `${part}.log`),
    program: (kind, name) => ({
      file: process.execPath,
      args: [
        '--conditions=launchgate-source',
        join(repository, kind === 'lab' ? `src/drills/lab/programs/${name}.ts` : `services/${name}/src/main.ts`),
      ],
    }),
  };
}

function partOf(parts: readonly Part[], name: string): Part {
  const part = parts.find((one) => one.name === name);
  if (part === undefined) throw new RangeError(`no part ${name}`);
  return part;
}

function tlsFiles(folder: string): TlsFiles {
  return { folder, cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key'), ca: join(folder, 'ca.crt') };
}

function mount(folder: string, files: { cert: string; key: string; ca: string }, user: string | undefined): void {
  own(folder, user);
  const { cert, key, ca } = tlsFiles(folder);
  for (const [from, to] of [
    [files.cert, cert],
    [files.key, key],
    [files.ca, ca],
  ] as const) {
    copyFileSync(from, to);
    give(to, user);
    chmodSync(to, 0o600);
  }
}

function own(folder: string, user: string | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  give(folder, user);
}

function writeOwned(path: string, content: string | Uint8Array, mode: number, user: string | undefined): string {
  if (!exists(dirname(path))) own(dirname(path), user);
  writeFileSync(path, content, { mode });
  chmodSync(path, mode);
  give(path, user);
  return path;
}

function give(path: string, user: string | undefined): void {
  const owner = user === undefined ? undefined : identity(user);
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
