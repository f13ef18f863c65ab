import { Cursor } from '../../../model/cursor.ts';
import { parseDuration } from '../../../model/duration.ts';
import { cursor } from '../../../model/kube.ts';
import type { Origin } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { StoreSpec } from '../../../model/spec.ts';
import { attributeOf, isStore, resources } from '../terraform.ts';

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

/** Alerting rules about volumes and memory. Reads `kubernetes` and `prometheus-rules`. */
export function roomAlerts(view: PlatformView): GrowthAlert[] {
  const groups = [
    ...view.objects('PrometheusRule').map((object) => cursor(object).get('spec', 'groups')),
    ...view.data('prometheus-rules').map((file) => new Cursor(file.data, file.origin).get('groups')),
  ];
  return groups
    .flatMap((at) => at.items())
    .flatMap((group) => group.get('rules').items())
    .flatMap((rule): GrowthAlert[] => {
      const name = rule.get('alert').string();
      const expression = String(rule.get('expr').value ?? '');
      if (name === undefined || !ABOUT_ROOM.test(expression)) return [];
      return [
        {
          name,
          expression: expression.trim(),
          held: parseDuration(rule.get('for').string() ?? '0s') ?? 0,
          origin: rule.origin,
        },
      ];
    });
}

/** `FreeStorageSpace` of the store's database, below a number of bytes. */
export function cloudAlarms(view: PlatformView, store: StoreSpec): GrowthAlert[] {
  const databases = resources(view, 'aws_db_instance').filter((resource) => isStore(view, resource, store));
  return resources(view, 'aws_cloudwatch_metric_alarm').flatMap((alarm): GrowthAlert[] => {
    const text = (name: string): unknown => attributeOf(view, alarm, name)?.value;
    const threshold = Number(text('threshold'));
    if (text('metric_name') !== 'FreeStorageSpace' || !String(text('comparison_operator')).startsWith('LessThan'))
      return [];
    const about = alarm.block.attributes['dimensions']?.text ?? '';
    const ours = databases.some(
      (database) =>
        about.includes(`${database.block.labels.join('.')}.`) ||
        about.includes(`"${String(attributeOf(view, database, 'identifier')?.value ?? store.name)}"`),
    );
    if (!ours || !Number.isFinite(threshold)) return [];
    const held = Number(text('period') ?? 0) * Number(text('evaluation_periods') ?? 1);
    return [
      { name: alarm.address, freeBelow: threshold, held: Number.isFinite(held) ? held : 0, origin: alarm.block.origin },
    ];
  });
}
