/** Backups that operators of stores take: by resources of their own, or by a part of the store's. */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { longestPause } from '../../model/schedule.ts';
import { cnpg } from './cnpg.ts';
import { optional, title } from './found.ts';
import type { BackupMeans } from './means.ts';
import { vitess } from './vitess.ts';

/** Which resources are of the store: by their own name, and by the name of what they back up. */
interface Whose {
  named(object: KubeObject): boolean;
  mentions(text: string): boolean;
}

export function operatorMeans(view: PlatformView, { named, mentions }: Whose): BackupMeans[] {
  return [
    ...view
      .objects('ScheduledBackup.postgresql.cnpg.io')
      .filter((object) => named(object) || mentions(cursor(object).get('spec', 'cluster', 'name').string() ?? ''))
      .map((object) => cnpg(view, object)),
    ...['Backup.k8s.mariadb.com', 'PhysicalBackup.k8s.mariadb.com'].flatMap((kind) =>
      view
        .objects(kind)
        .filter((object) => named(object) || mentions(cursor(object).get('spec', 'mariaDbRef', 'name').string() ?? ''))
        .map(mariadb),
    ),
    ...['PerconaServerMySQLBackup', 'PerconaXtraDBClusterBackup'].flatMap((kind) =>
      view.objects(kind).filter(named).map(mariadb),
    ),
    ...PARTS.flatMap(({ kind, read }) =>
      view
        .objects(kind)
        .filter(named)
        .flatMap((object) => read(object, cursor(object).get('spec'))),
    ),
  ];
}

function mariadb(object: KubeObject): BackupMeans {
  const schedule = cursor(object).get('spec', 'schedule');
  const cron = schedule.get('cron');
  return {
    name: title(object),
    ...optional('schedule', cron.at(cron.string())),
    suspended: schedule.get('suspend').boolean() === true,
    origin: schedule.origin,
  };
}

type Read = (object: KubeObject, spec: Cursor) => BackupMeans[];

/** Stores that say themselves when they are backed up (their operators' CRD references). */
const PARTS: readonly { readonly kind: string; readonly read: Read }[] = [
  { kind: 'PerconaServerMongoDB.psmdb.percona.com', read: percona('tasks') },
  { kind: 'PerconaXtraDBCluster.pxc.percona.com', read: percona('schedule') },
  { kind: 'PostgresCluster.postgres-operator.crunchydata.com', read: pgBackRest },
  { kind: 'PerconaPGCluster.pgv2.percona.com', read: pgBackRest },
  { kind: 'postgresql.acid.zalan.do', read: zalando },
  {
    kind: 'SGCluster.stackgres.io',
    read: (object, spec) => oftenest(object, spec.get('configurations', 'backups'), (one) => [one.get('cronSchedule')]),
  },
  {
    kind: 'InnoDBCluster.mysql.oracle.com',
    read: (object, spec) => oftenest(object, spec.get('backupSchedules'), (one) => [one.get('schedule')]),
  },
  { kind: 'VitessCluster.planetscale.com', read: vitess },
];

/** Between two of them the operator archives what happens, where it is told to. */
function percona(list: 'tasks' | 'schedule'): Read {
  return (object, spec) => {
    const backup = spec.get('backup');
    const isOff = list === 'tasks' && backup.get('enabled').boolean() !== true;
    const found = oftenest(object, backup.get(list), (one) => [one.get('schedule')]);
    const pitr = backup.get('pitr', 'enabled');
    return found.map((means) => ({
      ...means,
      ...(pitr.boolean() === true && { schedule: pitr.at('continuous') }),
      suspended: means.suspended || isOff,
    }));
  };
}

/** Each repository has schedules of its own for full, differential and incremental backups; what happens between them is archived always. */
function pgBackRest(object: KubeObject, spec: Cursor): BackupMeans[] {
  const repos = spec.get('backups', 'pgbackrest', 'repos');
  return oftenest(object, repos, (repo) =>
    repo
      .get('schedules')
      .entries()
      .map(([, at]) => at),
  ).map((means) => ({
    ...means,
    ...(means.schedule !== undefined && { schedule: { ...means.schedule, value: 'continuous' } }),
  }));
}

/** Where the write-ahead log goes may be said for all clusters in the operator's own configuration, too. */
const ARCHIVES = /^(?:WAL_(?:S3|GS)_BUCKET|WALE_S3_PREFIX|WALG_\w+_PREFIX)$/;

function zalando(object: KubeObject, spec: Cursor): BackupMeans[] {
  const archive = spec
    .get('env')
    .items()
    .find((one) => ARCHIVES.test(one.get('name').string() ?? ''));
  const logical = spec.get('enableLogicalBackup');
  const schedule = spec.get('logicalBackupSchedule');
  const base = { name: title(object), suspended: false };
  return [
    ...(archive === undefined ? [] : [{ ...base, schedule: archive.at('continuous'), origin: archive.origin }]),
    ...(logical.boolean() === true
      ? [{ ...base, ...optional('schedule', schedule.at(schedule.string())), origin: logical.origin }]
      : []),
  ];
}

/** Of several schedules the one that runs most often; those that are switched off count only where all are. */
function oftenest(object: KubeObject, list: Cursor, schedulesOf: (one: Cursor) => Cursor[]): BackupMeans[] {
  const all = list.items().flatMap((one) => {
    const suspended = one.get('enabled').boolean() === false;
    return schedulesOf(one).flatMap((at) => {
      const value = at.string();
      return value === undefined ? [] : [{ schedule: at.at(value), suspended, origin: at.origin }];
    });
  });
  const active = all.filter(({ suspended }) => !suspended);
  const pause = ({ schedule }: (typeof all)[number]): number => longestPause(schedule.value) ?? Infinity;
  const [first] = (active.length > 0 ? active : all).toSorted((one, other) => pause(one) - pause(other));
  return first === undefined ? [] : [{ name: `the schedule of ${title(object)}`, ...first }];
}
