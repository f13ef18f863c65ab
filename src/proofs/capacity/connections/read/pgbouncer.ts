import { environmentOf } from '../../../../model/env.ts';
import { containers, cursor, workloadName, type Workload } from '../../../../model/kube.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { MountedFile } from '../../../../model/mounted-files.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { Known } from '../../figure.ts';
import type { PooledDatabase, Pooler } from '../types.ts';
import { configurationFiles, settingLines } from './mounted.ts';
import { settingsIn, wholeNumber } from './pool-names.ts';

/** How a PgBouncer is set up, before it is known who connects to it. */
export type PoolerSettings = Pick<
  Pooler,
  'mode' | 'databases' | 'authUser' | 'mostPerUser' | 'maxClients' | 'processes'
> & {
  /** Hosts of the servers behind it, as they are written. */
  readonly servers: readonly string[];
  readonly origin?: Origin;
};

type Settings = ReadonlyMap<string, string>;

/** Whether the workload is a PgBouncer, by its image or by its file. */
export function isPgBouncer(workload: Workload): boolean {
  return containers(workload).some(({ at }) => /(?:^|[/_-])pgbouncer(?:$|[:@/-])/.test(at.get('image').string() ?? ''));
}

/** What the workload's `pgbouncer.ini` says, else what its image makes of environment variables; defaults as PgBouncer has them. */
export function pgBouncerSettings(view: PlatformView, workload: Workload): PoolerSettings {
  const file = configurationFiles(view, workload).find(({ text }) => /^\s*\[pgbouncer\]/m.test(text));
  return file === undefined ? fromVariables(view, workload) : fromFile(file);
}

function fromFile(file: MountedFile): PoolerSettings {
  const lines = settingLines(file.text);
  const own: Settings = new Map(
    lines.filter(({ section }) => section === 'pgbouncer').map(({ name, value }) => [name, value]),
  );
  const databases = lines.filter(({ section }) => section === 'databases');
  return {
    ...common(own, `max_client_conn in ${file.key} of ${file.id}`, file.origin),
    databases: databases.map(({ name, value }) => database(name, new Map(settingsIn(value)), own)),
    servers: databases.flatMap(({ value }) => new Map(settingsIn(value)).get('host') ?? []),
    ...optional('authUser', own.get('auth_user') ?? lookupUser(databases.map(({ value }) => value))),
  };
}

function lookupUser(databases: readonly string[]): string | undefined {
  return databases.map((value) => new Map(settingsIn(value)).get('auth_user')).find((user) => user !== undefined);
}

/** Images of Bitnami (`PGBOUNCER_POOL_MODE`, `POSTGRESQL_HOST`) and edoburu (`POOL_MODE`, `DB_HOST`), which write the file themselves. */
function fromVariables(view: PlatformView, workload: Workload): PoolerSettings {
  const own = new Map<string, string>();
  const servers: string[] = [];
  let name = '*';
  for (const { name: variable, source } of environmentOf(view, workload)) {
    const value = 'value' in source ? source.value : undefined;
    if (value === undefined) continue;
    if (/^(?:POSTGRESQL_HOST|DB_HOST|DATABASE_URL)$/.test(variable)) servers.push(value);
    else if (/^(?:PGBOUNCER_DATABASE|DB_NAME)$/.test(variable)) name = value;
    else own.set(variable.replace(/^PGBOUNCER_/, '').toLowerCase(), value);
  }
  return {
    ...common(own, `MAX_CLIENT_CONN of ${workloadName(workload)}`, workload.object.origin),
    databases: [database(name, new Map(), own)],
    servers,
  };
}

/** Defaults of pgbouncer doc/config.md: session, 100 clients; `so_reuseport` lets several processes share a port, one a container here. */
function common(own: Settings, from: string, origin: Origin): Omit<PoolerSettings, 'databases' | 'servers'> {
  const mode = own.get('pool_mode');
  const clients = number(own, 'max_client_conn');
  const maxClients: Known = {
    value: clients ?? 100,
    from: clients === undefined ? 'the default of PgBouncer' : from,
    origin,
  };
  return {
    mode: mode === 'transaction' || mode === 'statement' ? mode : 'session',
    maxClients,
    processes: 1,
    origin,
    ...optional('mostPerUser', limit(own, 'max_user_connections')),
  };
}

function database(name: string, of: Settings, own: Settings): PooledDatabase {
  return {
    name,
    poolSize: number(of, 'pool_size') ?? number(own, 'default_pool_size') ?? 20,
    reserve: number(of, 'reserve_pool') ?? number(of, 'reserve_pool_size') ?? number(own, 'reserve_pool_size') ?? 0,
    ...optional('most', limit(of, 'max_db_connections') ?? limit(own, 'max_db_connections')),
    ...optional('forcedUser', of.get('user')),
  };
}

/** 0 means no limit. */
function limit(settings: Settings, name: string): number | undefined {
  const value = number(settings, name);
  return value === 0 ? undefined : value;
}

function number(settings: Settings, name: string): number | undefined {
  return wholeNumber(settings.get(name));
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: T });
}

/** A pooler of CloudNativePG, which makes its Deployment itself. */
export interface ManagedPooler {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly instances: number;
  readonly cluster: string;
  readonly settings: PoolerSettings;
}

/** `Pooler.postgresql.cnpg.io`: PgBouncer with `spec.pgbouncer.parameters`; it connects to every database, `*`. */
export function managedPoolers(view: PlatformView): ManagedPooler[] {
  return view.objects('Pooler.postgresql.cnpg.io').map((object) => {
    const spec = cursor(object).get('spec');
    const own = new Map(Object.entries(spec.get('pgbouncer', 'parameters').stringMap()));
    const mode = spec.get('pgbouncer', 'poolMode').string();
    if (mode !== undefined) own.set('pool_mode', mode);
    const id = `Pooler ${object.namespace ?? 'default'}/${object.name}`;
    return {
      id,
      name: object.name,
      namespace: object.namespace ?? 'default',
      instances: spec.get('instances').integer() ?? 1,
      cluster: spec.get('cluster', 'name').string() ?? '',
      settings: {
        ...common(own, `max_client_conn of ${id}`, object.origin),
        databases: [database('*', new Map(), own)],
        servers: [],
        authUser: 'cnpg_pooler_pgbouncer',
      },
    };
  });
}
