/** Backups that CloudNativePG takes: where its cluster keeps them, and when they run as the operator reads its schedule. */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { longestPause } from '../../model/schedule.ts';
import { optional, title } from './found.ts';
import type { BackupMeans } from './means.ts';

export function cnpg(view: PlatformView, object: KubeObject): BackupMeans {
  const spec = cursor(object).get('spec');
  const schedule = spec.get('schedule');
  const text = schedule.string();
  const broken = withoutTarget(view, object, spec);
  const misread = text === undefined ? undefined : misreadOf(text);
  return {
    name: title(object),
    ...optional('schedule', schedule.at(text === undefined ? undefined : standard(text))),
    suspended: spec.get('suspend').boolean() === true,
    ...(broken !== undefined && { broken }),
    ...(misread !== undefined && { misread }),
    origin: schedule.origin,
  };
}

/**
 * The five fields of cron for a schedule of CloudNativePG, whose first field counts seconds and whose last, the day of the week, may be
 * left out: https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups
 */
function standard(text: string): string {
  const fields = fieldsOf(text);
  if (fields.length !== 5 && fields.length !== 6) return text;
  return [...fields.slice(1, 5), fields[5] ?? '*'].join(' ');
}

/** Five fields are how cron itself is written, and mean something else here. The operator takes them with a warning. */
function misreadOf(text: string): BackupMeans['misread'] {
  const fields = fieldsOf(text);
  if (fields.length !== 5) return undefined;
  const [second, minute, hour, day, month] = fields;
  const never = longestPause(standard(text)) === undefined;
  return {
    because:
      `has five fields in its schedule ${JSON.stringify(text)}, and CloudNativePG takes the first for seconds: ` +
      `second ${second}, minute ${minute}, hour ${hour}, day ${day}, month ${month}${never ? ', which never comes' : ''}`,
    severity: never || month !== '*' ? 'high' : 'medium',
    // Sunday is 0 alone to the operator.
    remediation: `Write six fields, seconds first: "0 ${fields.join(' ').replace(/ 7$/, ' 0')}" for what cron means by it.`,
  };
}

function fieldsOf(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** A backup fails where its cluster does not say where to keep it by the method that is asked for. */
function withoutTarget(view: PlatformView, { namespace }: KubeObject, spec: Cursor): string | undefined {
  const name = spec.get('cluster', 'name').string();
  const cluster = view.objects('Cluster.postgresql.cnpg.io', namespace).find((object) => object.name === name);
  if (cluster === undefined) return undefined;
  const method = spec.get('method').string() ?? 'barmanObjectStore';
  const own = cursor(cluster).get('spec');
  if (method === 'barmanObjectStore' || method === 'volumeSnapshot')
    return own.get('backup', method).exists ? undefined : `${title(cluster)} has no spec.backup.${method}`;
  const plugin = spec.get('pluginConfiguration', 'name').string();
  const used = own.get('plugins').items();
  const isLoaded = used.some((one) => one.get('name').string() === plugin && one.get('enabled').boolean() !== false);
  return isLoaded ? undefined : `${title(cluster)} does not load the plugin ${plugin ?? 'that it names'}`;
}
