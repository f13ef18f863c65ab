import { containers, cursor, workloadName, type KubeObject, type Workload } from '../../../../model/kube.ts';
import { environmentOf } from '../../../../model/env.ts';
import type { Cursor } from '../../../../model/cursor.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { StoreSpec } from '../../../../model/spec.ts';
import type { Figure, Known } from '../../figure.ts';
import { managedLimit } from './managed-limit.ts';
import { configurationFiles, settingLines } from './mounted.ts';
import { patroniLimit } from './patroni.ts';
import { wholeNumber } from './pool-names.ts';

/** What a server of this kind is told, and what it does when it is not. */
interface Dialect {
  readonly setting: RegExp;
  readonly variable: RegExp;
  readonly byDefault: number;
}

/**
 * Defaults: PostgreSQL 100 and 3 reserved (postgresql.conf.sample), MySQL and MariaDB 151 (`mysqld --help`), Redis 10,000
 * (redis.conf), NATS 65,536 (server/const.go DEFAULT_MAX_CONNECTIONS).
 */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  postgres: { setting: /^max_connections$/i, variable: /^POSTGRES(?:QL)?_MAX_CONNECTIONS$/, byDefault: 100 },
  mysql: { setting: /^max[_-]connections$/i, variable: /^MYSQL_MAX_CONNECTIONS$/, byDefault: 151 },
  mariadb: { setting: /^max[_-]connections$/i, variable: /^(?:MARIADB|MYSQL)_MAX_CONNECTIONS$/, byDefault: 151 },
  redis: { setting: /^maxclients$/i, variable: /^REDIS_MAXCLIENTS$/, byDefault: 10_000 },
  nats: { setting: /^max_connections$/i, variable: /^NATS_MAX_CONNECTIONS$/, byDefault: 65_536 },
};

/** How many connections the store takes, from the source that decides: arguments, mounted files, operators, Terraform, the spec. */
export function limitOf(view: PlatformView, store: StoreSpec, workloads: readonly Workload[]): Figure {
  const found =
    workloads.map((workload) => workloadLimit(view, store, workload)).find((limit) => limit !== undefined) ??
    operatorLimit(view, store) ??
    managedLimit(view, store);
  if (found !== undefined) return found;
  const declared = store.connections?.max;
  if (declared !== undefined) return { value: declared, from: `connections.max of store/${store.name}` };
  const dialect = DIALECTS[store.kind];
  const [workload] = workloads;
  if (dialect === undefined || workload === undefined || !isStock(workload))
    return {
      unknown: `how many connections store/${store.name} takes`,
      declare: `Declare connections.max of store/${store.name} in launchgate.yaml`,
    };
  return {
    value: dialect.byDefault,
    from: `the default of ${store.kind}, since ${workloadName(workload)} sets none`,
    byDefault: true,
    origin: workload.object.origin,
  };
}

/** Slots that only superusers get; from PostgreSQL 16 on also `reserved_connections`, by default 0. */
export function reservedOf(view: PlatformView, store: StoreSpec, workloads: readonly Workload[]): Known[] {
  if (store.kind !== 'postgres') return [];
  const files = workloads.flatMap((workload) => configurationFiles(view, workload));
  return ['superuser_reserved_connections', 'reserved_connections'].map((name): Known => {
    const setting = new RegExp(`^${name}$`);
    const given = workloads.map((workload) => fromArguments(workload, setting)).find((found) => found !== undefined);
    if (given !== undefined) return { ...given, from: name };
    for (const file of files) {
      const value = wholeNumber(valueIn(file.text, setting));
      if (value !== undefined) return { value, from: name, origin: file.origin };
    }
    return { value: name === 'reserved_connections' ? 0 : 3, from: name };
  });
}

function workloadLimit(view: PlatformView, { kind }: StoreSpec, workload: Workload): Known | undefined {
  const dialect = DIALECTS[kind];
  if (dialect === undefined) return undefined;
  const patroni = kind === 'postgres' ? patroniLimit(view, workload) : undefined;
  return (
    fromArguments(workload, dialect.setting) ??
    fromVariables(view, workload, dialect) ??
    patroni ??
    fromFiles(view, workload, dialect)
  );
}

/** `-c max_connections=200`, `--max-connections=200`, `--maxclients 5000`. */
function fromArguments(workload: Workload, setting: RegExp): Known | undefined {
  for (const { at } of containers(workload)) {
    const words = [...at.get('command').items(), ...at.get('args').items()];
    const texts = words.map(({ value }) => String(value ?? ''));
    for (const [index, text] of texts.entries()) {
      const [, name = '', value] = /^(?:-c\s*|--)?([A-Za-z_-]+?)(?:=(.*))?$/.exec(text.trim()) ?? [];
      if (!setting.test(name)) continue;
      const number = wholeNumber(value ?? texts[index + 1]);
      if (number !== undefined)
        return {
          value: number,
          from: `the arguments of ${workloadName(workload)}`,
          origin: words[index]?.origin ?? at.origin,
        };
    }
  }
  return undefined;
}

function fromVariables(view: PlatformView, workload: Workload, { variable }: Dialect): Known | undefined {
  for (const { name, source, origin } of environmentOf(view, workload)) {
    if (!variable.test(name)) continue;
    const value = 'value' in source ? wholeNumber(source.value) : undefined;
    if (value !== undefined) return { value, from: `${name} of ${workloadName(workload)}`, origin };
  }
  return undefined;
}

function fromFiles(view: PlatformView, workload: Workload, { setting }: Dialect): Known | undefined {
  for (const file of configurationFiles(view, workload)) {
    const value = wholeNumber(valueIn(file.text, setting));
    if (value !== undefined) return { value, from: `${file.key} of ${file.id}`, origin: file.origin };
  }
  return undefined;
}

/** The last of several counts, as it does for all of these servers. */
function valueIn(text: string, setting: RegExp): string | undefined {
  return settingLines(text)
    .findLast(({ name }) => setting.test(name))
    ?.value.replaceAll(/^['"]|['"]$/g, '');
}

/** Whether it runs a server's own image as it comes: any other, or a file that is named and not seen, may set what is not seen. */
function isStock(workload: Workload): boolean {
  return containers(workload).some(({ at, role }) => {
    const words = at.get('args').strings();
    const stock = /(?:^|\/)(?:postgres|mysql|mariadb|redis|valkey|nats)(?:$|[:@])/.test(at.get('image').string() ?? '');
    return role === 'main' && stock && !words.some((word) => /config[_-]file|\.(?:conf|cnf)\b/.test(word));
  });
}

/** Where operators keep PostgreSQL's parameters. */
const OPERATORS: readonly (readonly [kind: string, path: readonly string[]])[] = [
  ['Cluster.postgresql.cnpg.io', ['spec', 'postgresql', 'parameters']],
  ['postgresql.acid.zalan.do', ['spec', 'postgresql', 'parameters']],
  [
    'PostgresCluster.postgres-operator.crunchydata.com',
    ['spec', 'patroni', 'dynamicConfiguration', 'postgresql', 'parameters'],
  ],
];

function operatorLimit(view: PlatformView, store: StoreSpec): Known | undefined {
  for (const [kind, path] of OPERATORS) {
    const object = view.objects(kind).find(({ name }) => name === store.name);
    if (object !== undefined) return fromParameters(object, cursor(object).get(...path, 'max_connections'));
  }
  return undefined;
}

/** All three leave PostgreSQL at its own default of 100. */
function fromParameters(object: KubeObject, at: Cursor): Known {
  const id = `${object.kind} ${object.namespace ?? 'default'}/${object.name}`;
  const value = wholeNumber(at.value);
  if (value === undefined)
    return {
      value: 100,
      from: `the default of PostgreSQL, since ${id} sets none`,
      byDefault: true,
      origin: object.origin,
    };
  return { value, from: id, origin: at.origin };
}
