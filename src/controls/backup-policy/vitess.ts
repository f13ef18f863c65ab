/** Backups that the operator of Vitess takes by schedules, of shards, keyspaces or all (`pkg/apis/planetscale/v2/vitessbackupschedule_types.go`). */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { longestPause } from '../../model/schedule.ts';
import { optional, title } from './found.ts';
import type { BackupMeans } from './means.ts';

/** Of the keyspace that is backed up most rarely: the store is as old as that. */
export function vitess(object: KubeObject): BackupMeans[] {
  const spec = cursor(object).get('spec');
  const schedules = spec.get('backup', 'schedules').items();
  if (schedules.length === 0) return [];
  const keyspaces = spec
    .get('keyspaces')
    .items()
    .map((one) => one.get('name').string() ?? '');
  const each = keyspaces.map((keyspace) => ({
    keyspace,
    schedule: oftenest(schedules.filter((one) => covers(one, keyspace))),
  }));
  const name = `the schedule of ${title(object)}`;
  const without = each.find(({ schedule }) => schedule === undefined);
  if (without !== undefined)
    return [
      {
        name,
        suspended: false,
        leavesOut: `keyspace ${without.keyspace}`,
        origin: spec.get('backup', 'schedules').origin,
      },
    ];
  const [rarest] = each.flatMap(({ schedule }) => schedule ?? []).toSorted((a, b) => pause(b) - pause(a));
  if (rarest === undefined) return [];
  const cron = rarest.get('schedule');
  return [
    { name, ...optional('schedule', cron.at(cron.string())), suspended: isSuspended(rarest), origin: cron.origin },
  ];
}

/** Those that are suspended count only where all are. */
function oftenest(schedules: readonly Cursor[]): Cursor | undefined {
  const active = schedules.filter((one) => !isSuspended(one));
  return (active.length > 0 ? active : schedules).toSorted((a, b) => pause(a) - pause(b))[0];
}

/** A tablet is of some keyspace, which its alias does not say. */
function covers(schedule: Cursor, keyspace: string): boolean {
  return schedule
    .get('strategies')
    .items()
    .some((strategy) => {
      const own = strategy.get('keyspace').string() ?? strategy.get('keyspaceShard').string()?.split('/')[0];
      return own === undefined || own === keyspace;
    });
}

function pause(schedule: Cursor): number {
  return longestPause(schedule.get('schedule').string() ?? '') ?? Infinity;
}

function isSuspended(schedule: Cursor): boolean {
  return schedule.get('suspend').boolean() === true;
}
