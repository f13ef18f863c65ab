import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { rulesHome, type RulesHome } from '../../proofs/alerting/home.ts';
import type { UnreadAlert } from '../../proofs/alerting/all-rules.ts';
import { bytesOf } from '../../proofs/capacity/bytes.ts';
import {
  cloudAlarms,
  roomAlerts,
  unreadRoomAlerts,
  type GrowthAlert,
} from '../../proofs/capacity/growth/read-alerts.ts';
import { retentionOf, type Retention } from '../../proofs/capacity/growth/read-retention.ts';
import { roomOf, type Room } from '../../proofs/capacity/growth/read-room.ts';
import type { Growth } from '../../proofs/capacity/growth/timeline.ts';

export interface StoreGrowth {
  /** Where a further rule is loaded. */
  readonly home: RulesHome;
  /** Absent where the spec says nothing. */
  readonly growth?: Growth;
  readonly room: Room;
  readonly retention: Retention;
  readonly alerts: readonly GrowthAlert[];
  /** Alerts about room that PromQL cannot say. */
  readonly unread?: readonly Pick<UnreadAlert, 'name' | 'holder' | 'because'>[];
}

const GROWING: readonly StoreSpec['kind'][] = [
  'postgres',
  'mysql',
  'mariadb',
  'redis',
  'nats',
  'kafka',
  'qdrant',
  'elasticsearch',
  'bucket',
  'volume',
];

/** Stores that keep data of their own and must not lose it. How they grow nobody can tell without a spec. */
export function growingStores(view: PlatformView): Subject[] {
  if (view.provisional) return [];
  return view.spec.stores
    .filter(({ kind, ephemeral }) => ephemeral === undefined && GROWING.includes(kind))
    .map(({ name }): Subject => ({ kind: 'store', name }));
}

export function storeGrowth(subject: Subject): Query<StoreGrowth> {
  return (view) => {
    const store = view.store(subject.name) ?? { name: subject.name, kind: 'other' };
    const declared = store.growth;
    const unread = unreadRoomAlerts(view);
    return {
      home: rulesHome(view),
      room: roomOf(view, store),
      retention: retentionOf(view, store),
      alerts: [...roomAlerts(view), ...cloudAlarms(view, store)],
      ...(unread.length > 0 && { unread }),
      ...(declared !== undefined && { growth: growthOf(declared) }),
    };
  };
}

function growthOf({ size, perDay, bound }: NonNullable<StoreSpec['growth']>): Growth {
  return { size: bytesOf(size), perDay: bytesOf(perDay), ...(bound !== undefined && { bound: bytesOf(bound) }) };
}
