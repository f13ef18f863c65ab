import { CannotTell, NotThere } from '../../../model/drill/drill.ts';
import type { Parts, PartSettings } from '../../../model/drill/parts.ts';
import type { Lab, Part } from '../../lab/part.ts';
import type { OpenLab } from '../../lab/open.ts';
import { restartPart } from '../../lab/restart.ts';
import { badRelease } from '../../lab/bad-release.ts';
import { machineUse } from '../../lab/run/machine.ts';
import { ownedProcesses } from '../../lab/run/owned.ts';
import { family, processInfo, processorSeconds, runs, type ProcessId } from '../../lab/run/proc.ts';
import { readState, recordedProcess } from '../../lab/run/state.ts';
import type { Use } from '../../target.ts';
import type { NotedUndo } from '../../undo/types.ts';

const READY_MS = 3000;
const HEALTH_MS = 5000;

/** Stores as parts of the lab. What streams from a primary comes after it. */
const SERVERS = {
  postgres: ['postgres', 'postgres-replica'],
  mariadb: ['mariadb'],
  redis: ['redis'],
  cache: ['cache'],
  nats: ['nats'],
} as const;

/** Parts that are frozen, with how each is thawed; by target, since a run uses a part through many capabilities. */
const frozen = new WeakMap<OpenLab, Map<string, NotedUndo>>();
/** The lab is changed by one command at a time. */
const queues = new WeakMap<OpenLab, Promise<unknown>>();

export function labParts(open: OpenLab, { signal, undo, scratch }: Use): Parts {
  const { lab, plan, parts } = open;
  const thaws = frozen.get(open) ?? new Map<string, NotedUndo>();
  frozen.set(open, thaws);
  const directory = lab.directory;
  return {
    all: parts.filter(({ once }) => once !== true).map(({ name }) => name),
    replicas: (service) => lab.replicas(service),
    serversOf(store) {
      const kind = plan.stores.get(store);
      if (kind === undefined) throw new NotThere(`the lab does not run store ${store}`);
      return SERVERS[kind].filter((name) => lab.has(name));
    },
    ready: (part) => isReady(partOf(open, part), lab),
    health: async (part, path) => {
      const answer = await fetch(`http://127.0.0.1:${lab.port(part, healthPort(path))}${path}`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(HEALTH_MS)]),
        redirect: 'error',
      });
      return { status: answer.status, text: await answer.text() };
    },
    processorSeconds: async (part) =>
      family(processOf(open, part)).reduce((sum, { pid }) => sum + processorSeconds(pid), 0),
    machine: async () =>
      machineUse([
        ...ownedProcesses(directory, readState(directory) ?? open.state),
        ...family(processInfo(process.pid)!),
      ]),
    async freeze(part) {
      const processes = family(processOf(open, part));
      thaws.set(part, await undo.before({ kind: 'thaw', data: { part, processes } }));
      for (const one of processes) if (runs(one)) process.kill(one.pid, 'SIGSTOP');
    },
    async thaw(part) {
      await thaws.get(part)?.now();
      thaws.delete(part);
    },
    async kill(part) {
      const id = processOf(open, part);
      await undo.before({ kind: 'start-part', data: { directory, part } });
      process.kill(id.pid, 'SIGKILL');
    },
    start: (part) => alone(() => startAgain(open, part, signal)),
    async restart(part, settings) {
      if (settings !== undefined) await undo.before({ kind: 'restart-parts', data: { directory, parts: [part] } });
      else await undo.before({ kind: 'start-part', data: { directory, part } });
      const changed = settings === undefined ? open : withSettings(open, part, settings, scratch);
      return alone(async () => (await restartPart(changed, part, signal)).tookMs);
    },
  };

  function alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = (queues.get(open) ?? Promise.resolve()).then(work, work);
    queues.set(
      open,
      mine.catch(() => undefined),
    );
    return mine;
  }
}

async function startAgain(open: OpenLab, part: string, signal: AbortSignal): Promise<number> {
  const { tookMs } = await restartPart(open, part, signal);
  return tookMs;
}

/** The same lab, in which one part is started with other settings. */
function withSettings(open: OpenLab, name: string, { env = {}, off, failing }: PartSettings, scratch: string): OpenLab {
  const service = name.replace(/-\d+$/, '');
  const plan = off === undefined ? open.plan : { ...open.plan, off: new Map([...open.plan.off, [service, off]]) };
  const lab: Lab = { ...open.lab, plan };
  const parts = open.parts.map((part) =>
    part.name === name ? withEnv(part, { ...env, ...badRelease(failing, scratch) }) : part,
  );
  return { ...open, lab, plan, parts };
}

/** The part as it is started with these variables beside and instead of its own. */
export function withEnv(part: Part, env: Readonly<Record<string, string>>): Part {
  return {
    ...part,
    command(lab) {
      const command = part.command(lab);
      return { ...command, env: { ...command.env, ...env } };
    },
  };
}

function partOf({ parts }: OpenLab, name: string): Part {
  const part = parts.find((one) => one.name === name);
  if (part === undefined) throw new CannotTell(`the lab does not run ${name}`);
  return part;
}

/** Asked of the disk each time: a part may have been restarted since. */
export function processOf(open: OpenLab, name: string): ProcessId {
  partOf(open, name);
  const state = readState(open.lab.directory);
  const id = state === undefined ? undefined : recordedProcess(state, name);
  if (id === undefined || !runs(id)) throw new CannotTell(`${name} does not run`);
  return id;
}

async function isReady(part: Part, lab: Lab): Promise<boolean> {
  const signal = AbortSignal.timeout(READY_MS);
  const late = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error('no answer')), { once: true }),
  );
  try {
    await Promise.race([part.ready?.(lab, signal), late]);
    return true;
  } catch {
    return false;
  }
}

function healthPort(path: string): 'health' | 'metrics' {
  return path.startsWith('/metrics') ? 'metrics' : 'health';
}
