import { parseDuration } from '../../../model/duration.ts';
import type { Origin } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { StoreSpec } from '../../../model/spec.ts';
import { rulesOfAll, unreadAlerts, type UnreadAlert } from '../../alerting/all-rules.ts';
import { isMap, type Configuration, type Resource } from '../../topology/evaluate/index.ts';
import { configurationsOf, resourcesOfStore } from '../../topology/index.ts';
import { identityAt, identityOf, knownNumber, knownText } from '../../topology/read.ts';

/** An alert that may tell of a store filling up. */
export interface GrowthAlert {
  readonly name: string;
  /** PromQL; absent for an alarm of a cloud. */
  readonly expression?: string;
  /** An alarm of CloudWatch on the free space of this store, in bytes. */
  readonly freeBelow?: number;
  /** Seconds that it must have been true. */
  readonly held: number;
  readonly origin: Origin;
}

/** What every alert about room has in it; the rest is left out of what is read. */
const ABOUT_ROOM =
  /volume_stats|filesystem_|redis_memory|varz_jetstream|_server_(?:total_message_bytes|max_storage)|free_storage/;

/** Alerting rules about volumes and memory. Reads `kubernetes`, `prometheus-rules` and `grafana-alerting`. */
export function roomAlerts(view: PlatformView): GrowthAlert[] {
  return rulesOfAll(view).flatMap(({ kind, name, expr, for: hold, origin }): GrowthAlert[] => {
    if (kind !== 'alert' || !ABOUT_ROOM.test(expr)) return [];
    return [{ name, expression: expr.trim(), held: parseDuration(hold ?? '0s') ?? 0, origin }];
  });
}

/** Alerts about room that PromQL cannot say. */
export function unreadRoomAlerts(view: PlatformView): Pick<UnreadAlert, 'name' | 'holder' | 'because'>[] {
  return unreadAlerts(view)
    .filter(
      ({ words, anything }) => anything === true || /volume|disk|storage|filesystem|free_?space|memory/i.test(words),
    )
    .map(({ name, holder, because }) => ({ name, holder, because }));
}

/** `FreeStorageSpace` of the store's database, below a number of bytes. */
export function cloudAlarms(view: PlatformView, store: StoreSpec): GrowthAlert[] {
  return configurationsOf(view).flatMap((configuration) => {
    const databases = resourcesOfStore([configuration], store).filter(({ type }) => type === 'aws_db_instance');
    const names = databases.flatMap((database) => [database.address, identityAt(database, 'identifier') ?? store.name]);
    return databases.length === 0 ? [] : alarmsOn(configuration, names);
  });
}

function alarmsOn(configuration: Configuration, databases: readonly string[]): GrowthAlert[] {
  return configuration.of('aws_cloudwatch_metric_alarm').flatMap((alarm): GrowthAlert[] => {
    const threshold = knownNumber(alarm, 'threshold')?.value;
    const isLow = knownText(alarm, 'comparison_operator')?.value.startsWith('LessThan') === true;
    if (knownText(alarm, 'metric_name')?.value !== 'FreeStorageSpace' || !isLow || threshold === undefined) return [];
    const about = subjectOf(alarm);
    if (about === undefined || !databases.includes(about)) return [];
    const held = (knownNumber(alarm, 'period')?.value ?? 0) * (knownNumber(alarm, 'evaluation_periods')?.value ?? 1);
    return [{ name: alarm.address, freeBelow: threshold, held, origin: alarm.origin }];
  });
}

/** What names the database that an alarm is about. */
function subjectOf(alarm: Resource): string | undefined {
  const dimensions = alarm.attribute('dimensions')?.value ?? null;
  return isMap(dimensions) ? identityOf(dimensions['DBInstanceIdentifier']) : undefined;
}
