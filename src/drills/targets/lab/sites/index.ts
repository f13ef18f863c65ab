/** A second lab beside the first, in the run's scratch: the same spec, one replica of each service, nothing shared but the machine. */
import { cpSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Site, Sites } from '../../../../model/drill/sites.ts';
import { LaunchgateError } from '../../../../model/errors.ts';
import { openLab, type OpenLab } from '../../../lab/open.ts';
import { keepSources, SPEC_COPY } from '../../../lab/sources.ts';
import type { StoreKind } from '../../../lab/reference.ts';
import { makeFolder } from '../../../lab/trust/mount.ts';
import { up } from '../../../lab/up.ts';
import { phases, type Phases } from '../../../restore/types.ts';
import type { Use } from '../../../target.ts';
import { SITE } from '../../../undo/take-down.ts';
import { labStore } from '../backups/stores.ts';
import { labEdge } from '../edge.ts';
import { takeJourney } from '../journey.ts';
import { labParts } from '../parts.ts';
import { labPeople } from '../people.ts';

/** What of a restored store's data a part takes over, and where it looks for it. */
const TAKES: Readonly<Partial<Record<StoreKind, string>>> = {
  postgres: 'data',
  mariadb: 'data',
  nats: 'data',
  redis: 'appendonlydir',
};

export function labSites(open: OpenLab, use: Use): Sites {
  return { build: (from) => build(open, use, from) };
}

async function build(open: OpenLab, use: Use, from: 'code' | 'backups'): Promise<Site> {
  const directory = join(use.scratch, SITE);
  const noted = await use.undo.before({ kind: 'take-down', data: { directory } });
  const timing = phases();
  const back = from === 'backups' ? await restoreInto(directory, open, use, timing) : { markers: {} };
  await timing.during('start', () => start(directory, open, back.configuration, use.signal));
  const tookMs = timing.total();
  const site = await openLab(directory);
  if (site === undefined) throw new LaunchgateError('internal', `no lab is in ${directory} after its start`);
  const parts = labParts(site, use);
  const present = new Set(parts.all);
  const ready = await Promise.all([...present].map(async (part) => ((await parts.ready(part)) ? [part] : [])));
  return {
    tookMs,
    phases: timing.all,
    parts: firstOfEach(labParts(open, use).all),
    ready: ready.flat(),
    markers: back.markers,
    async ask(service, path, user) {
      const edge = labEdge(site, use);
      const token = user === undefined ? undefined : await labPeople(site, use).token(user);
      const { status, text } = await edge.ask(edge.host(service), path, token === undefined ? {} : { token });
      return { status, text };
    },
    journey: () => takeJourney(site, use),
    remove: () => noted.now(),
  };
}

interface Returned {
  readonly markers: Readonly<Record<string, readonly number[]>>;
  /** The spec and the files beside it, where they came back. */
  readonly configuration?: string;
}

/** Restores each store elsewhere and moves its data to where the part of the second lab will look for them. */
async function restoreInto(directory: string, open: OpenLab, use: Use, timing: Phases): Promise<Returned> {
  const { lab, plan } = open;
  const markers: Record<string, readonly number[]> = {};
  for (const folder of [directory, join(directory, 'parts')]) makeFolder(folder, undefined, 0o711);
  for (const [store, kind] of plan.stores) {
    const takes = TAKES[kind];
    const backups = labStore(open, store, use);
    const [way] = backups?.ways ?? [];
    if (takes === undefined || backups === undefined || way === undefined) continue;
    markers[store] = await timing.during(`restore ${store}`, async () => {
      const restored = await backups.restore(way.name, undefined);
      const data = await restored.settle();
      const part = join(directory, 'parts', kind);
      makeFolder(part, undefined);
      renameSync(takes === 'data' ? data : join(data, takes), join(part, takes));
      return restored.markers;
    });
  }
  // Secrets are no part of the backups: a platform gets them from where they are kept.
  makeFolder(join(directory, 'trust'), undefined);
  cpSync(join(lab.directory, 'trust', 'secrets'), join(directory, 'trust', 'secrets'), { recursive: true });
  const configuration = await restoreConfiguration(open, use, timing);
  if (configuration === undefined) return { markers };
  // Nobody writes markers into configuration; it came back as it was archived.
  return { markers: { ...markers, [configuration.store]: [] }, configuration: configuration.folder };
}

async function restoreConfiguration(open: OpenLab, use: Use, timing: Phases) {
  const store = open.plan.spec.stores.find(({ kind }) => kind === 'config');
  const backups = store === undefined ? undefined : labStore(open, store.name, use);
  const [way] = backups?.ways ?? [];
  if (store === undefined || backups === undefined || way === undefined) return undefined;
  const folder = await timing.during(`restore ${store.name}`, async () =>
    (await backups.restore(way.name, undefined)).settle(),
  );
  return { store: store.name, folder };
}

async function start(
  directory: string,
  { lab, plan, state }: OpenLab,
  configuration: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const root = configuration ?? plan.root;
  const spec = configuration === undefined ? join(lab.directory, SPEC_COPY) : join(root, basename(state.spec));
  await up({
    directory,
    plan: {
      ...plan,
      root,
      // Nodes belong to those who rent them, so all of them are there.
      replicas: new Map([...plan.replicas].map(([name, count]) => [name, name === 'node-agent' ? count : 1])),
      off: new Map(),
    },
    spec: join(root, basename(state.spec)),
    keep: false,
    signal,
    watch: () => undefined,
    prepared: () => keepSources(directory, { root, spec, exclude: plan.spec.exclude }),
  });
}

/** One replica of each service stands for all. */
function firstOfEach(parts: readonly string[]): string[] {
  return parts.filter((part) => !/-(?:[2-9]|\d\d+)$/.test(part));
}
