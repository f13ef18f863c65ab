/** CronJobs that back a store up, by their names and by what they run. */
import { asWorkload, containers, cursor, type KubeObject } from '../../model/kube.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { optional, title } from './found.ts';
import type { BackupMeans } from './means.ts';

/** Programs that do nothing but copy. */
const COPIES =
  /\b(?:pg_?dump(?:all)?|pg_basebackup|mysqldump|mydumper|mariadb-dump|mariabackup|xtrabackup|mongodump|elasticdump|borgmatic|mc mirror|aws s3 (?:cp|mv|sync)|nats stream backup)\b/i;

/** Programs that also prune, list, verify or flush, with the command by which they copy, as a word of its own. */
const COPY_BY: readonly (readonly [program: RegExp, command: string])[] = [
  [/\b(?:pgbackrest|restic)\b/i, 'backup'],
  [/\bwal-g\b/i, '(?:backup|wal|binlog|oplog)-push'],
  [/\bbarman/i, '(?:backup|cron|(?:barman-cloud|cloud)-backup)'],
  [/\bkopia\b/i, '(?:snapshot|snap) create'],
  [/\bborg\b/i, 'create'],
  [/\brclone\b/i, '(?:copy|copyto|move|moveto|sync|bisync)'],
  [/\bvelero\b/i, '(?:backup create|create backup)'],
  [/\bredis-cli\b/i, '(?:--rdb|save|bgsave)'],
  [/\b(?:etcdctl|vault|bao|consul)\b/i, 'snapshot save'],
  [/\b(?:aws|gcloud|az|kubectl|curl)\b/i, '\\S*(?:create\\S*[ -]snapshot|snapshots?(?: create|/\\S*))'],
];

/** Words of jobs that look after backups and make none. */
const AFTERWARDS =
  /(?:^|[-.])(?:prun|clean|verif|check|monitor|expir|retention|delet|purg|restor|test)[a-z]*(?:[-.]|$)/i;

/** None where neither its name nor its commands say that it copies; what the spec names is taken at its word. */
export function cronJob(object: KubeObject, store: StoreSpec): BackupMeans[] {
  const isNamed = /backup|snapshot|dump/i.test(object.name) && !AFTERWARDS.test(object.name);
  if (object.name !== store.backup?.by && !isNamed && !copies(commandsOf(object))) return [];
  const spec = cursor(object).get('spec');
  return [
    {
      name: title(object),
      ...optional('schedule', spec.get('schedule').at(spec.get('schedule').string())),
      suspended: spec.get('suspend').boolean() === true,
      origin: spec.get('schedule').origin,
    },
  ];
}

/** Whether the words of a job, image and all, copy something somewhere. */
export function copies(commands: string): boolean {
  return (
    COPIES.test(commands) ||
    COPY_BY.some(
      ([program, command]) =>
        program.test(commands) && new RegExp(`(?:^|[\\s/])${command}(?=[\\s;&|)"']|$)`, 'i').test(commands),
    )
  );
}

export function commandsOf(object: KubeObject): string {
  const workload = asWorkload(object);
  if (workload === undefined) return '';
  return containers(workload)
    .flatMap(({ at }) => [at.get('image').string() ?? '', ...at.get('command').strings(), ...at.get('args').strings()])
    .join(' ');
}
