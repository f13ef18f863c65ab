import type { Query, Subject } from '../../model/control.ts';
import { cursor } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { workloadsOfStore } from '../../model/subjects.ts';
import { configurationsOf, resourcesOfStore } from '../../proofs/topology/index.ts';
import { number } from '../../proofs/topology/read.ts';

/** Deeper than anybody nests settings. */
const MOST_DEPTH = 12;

/** Something that says whether the store's log is kept. */
export interface ArchiveFact {
  readonly id: string;
  readonly answer: 'yes' | 'no';
  readonly because: string;
  readonly origin: Origin;
}

export interface Archiving {
  readonly name: string;
  readonly kind: StoreSpec['kind'];
  readonly rpo: string | undefined;
  readonly rto: string | undefined;
  readonly within: string | undefined;
  readonly facts: readonly ArchiveFact[];
}

/** Stores that say of themselves that they are backed up continuously, and have a log to do it with. */
export function continuousStores(view: PlatformView): Subject[] {
  return view.spec.stores
    .filter(
      ({ ephemeral, backup, kind }) => ephemeral === undefined && backup?.schedule === 'continuous' && LOGGED.has(kind),
    )
    .map(({ name }) => ({ kind: 'store', name }));
}

const LOGGED: ReadonlySet<string> = new Set(['postgres', 'mysql', 'mariadb', 'temporal']);

export function archiving(subject: Subject): Query<Archiving> {
  return (view) => {
    const store = view.store(subject.name);
    if (store === undefined)
      return { name: subject.name, kind: 'other', rpo: undefined, rto: undefined, within: undefined, facts: [] };
    const within = /\bstore ([\w-]+)/.exec(store.managed ?? '')?.[1];
    const outer = within === undefined || within === store.name ? undefined : view.store(within);
    return {
      name: store.name,
      kind: store.kind,
      rpo: store.rpo,
      rto: store.rto,
      within: outer?.name,
      facts: factsOf(view, outer ?? store),
    };
  };
}

function factsOf(view: PlatformView, store: StoreSpec): ArchiveFact[] {
  return [...managedFacts(view, store), ...operatorFacts(view, store), ...configuredFacts(view, store)];
}

/** A managed database keeps its log as long as it keeps backups: a retention of 0 switches both off. */
function managedFacts(view: PlatformView, store: StoreSpec): ArchiveFact[] {
  return resourcesOfStore(configurationsOf(view), store)
    .filter(({ type }) => type === 'aws_db_instance' || type === 'aws_rds_cluster')
    .flatMap((resource): ArchiveFact[] => {
      // What the provider takes where nothing is said.
      const days = number(resource, 'backup_retention_period', resource.type === 'aws_rds_cluster' ? 1 : 0);
      if (!days.known) return [];
      const { address: id } = resource;
      const { value, origin } = days;
      return value > 0
        ? [{ id, answer: 'yes', because: `keeps its log for ${value} days`, origin }]
        : [{ id, answer: 'no', because: 'keeps no log: backup_retention_period is 0', origin }];
    });
}

/** https://cloudnative-pg.io/documentation/current/backup/ */
function operatorFacts(view: PlatformView, store: StoreSpec): ArchiveFact[] {
  return view
    .objects('Cluster.postgresql.cnpg.io')
    .filter(({ name }) => name === store.name)
    .map((object) => {
      const spec = cursor(object).get('spec');
      const archives = spec.get('backup', 'barmanObjectStore').exists || spec.get('plugins').exists;
      return {
        id: `Cluster ${object.name}`,
        answer: archives ? ('yes' as const) : ('no' as const),
        because: archives
          ? 'archives its WAL to object storage'
          : 'has no backup section, so its WAL is archived nowhere',
        origin: spec.origin,
      };
    });
}

/** PostgreSQL and Patroni configuration in ConfigMaps beside the store's pods. */
function configuredFacts(view: PlatformView, store: StoreSpec): ArchiveFact[] {
  const namespaces = new Set(workloadsOfStore(view, store).map(({ namespace }) => namespace));
  return view
    .objects('ConfigMap')
    .filter(({ namespace }) => namespaces.has(namespace ?? 'default'))
    .flatMap((object) =>
      cursor(object)
        .get('data')
        .entries()
        .flatMap(([key, at]) => {
          const found = settingsIn(view, key, at.string() ?? '', at.origin);
          return found === undefined ? [] : [archiveFact(`ConfigMap ${object.name}, ${key}`, found, at.origin)];
        }),
    );
}

type Settings = Readonly<Record<string, string>>;

/** `undefined` where the file says nothing of archiving. */
function settingsIn(view: PlatformView, key: string, text: string, origin: Origin): Settings | undefined {
  if (!text.includes('archive_mode')) return undefined;
  if (key.endsWith('.conf')) {
    const { directives } = view.readDirectives('postgres-conf', text, origin);
    return Object.fromEntries(directives.map(({ name, args }) => [name, args.join(' ')]));
  }
  return findSettings(view.readData(text), 0);
}

/** `archive_mode` and its neighbours, wherever Patroni or a chart nests them. */
function findSettings(value: unknown, depth: number): Settings | undefined {
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return undefined;
  if ('archive_mode' in value)
    return Object.fromEntries(Object.entries(value).map(([name, setting]) => [name, String(setting)]));
  for (const inner of Object.values(value)) {
    const found = findSettings(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function archiveFact(id: string, settings: Settings, origin: Origin): ArchiveFact {
  const { archive_mode: mode = 'off', archive_command: command = '', archive_library: library = '' } = settings;
  if (!['on', 'always', 'true'].includes(mode))
    return { id, answer: 'no', because: `archives no WAL: archive_mode is ${mode}`, origin };
  if (library === '' && (command === '' || /^\s*(?:\/bin\/)?true\s*$/.test(command)))
    return { id, answer: 'no', because: 'has no archive_command that keeps anything', origin };
  const timeout = settings['archive_timeout'];
  if (timeout === undefined || /^0\D*$/.test(timeout))
    return {
      id,
      answer: 'no',
      because: 'sets no archive_timeout, so a segment that does not fill is never archived',
      origin,
    };
  return { id, answer: 'yes', because: `archives its WAL, at the latest after ${timeout}`, origin };
}
