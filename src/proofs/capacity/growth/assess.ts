import { conditionOf } from './condition.ts';
import type { GrowthAlert } from './read-alerts.ts';
import type { Gauge } from './read-room.ts';
import { leadDays, type Growth } from './timeline.ts';

/** An alert with the days that are left when it fires. */
export interface Warning {
  readonly alert: GrowthAlert;
  readonly days: number;
}

/** The alerts that fire before the room is used up, the earliest first. */
export function warningsOf(
  growth: Growth,
  room: number,
  gauges: readonly Gauge[],
  alerts: readonly GrowthAlert[],
): Warning[] {
  return alerts
    .flatMap((alert) => {
      const leads =
        alert.expression === undefined
          ? [alarmLead(growth, room, alert)]
          : gauges.map((gauge) => ruleLead(growth, room, gauge, alert));
      const days = Math.max(0, ...leads.filter((lead) => lead !== undefined));
      return days > 0 ? [{ alert, days }] : [];
    })
    .sort((a, b) => b.days - a.days);
}

function ruleLead(
  growth: Growth,
  room: number,
  gauge: Gauge,
  { expression = '', held }: GrowthAlert,
): number | undefined {
  const holds = conditionOf(expression, gauge.labels, new RegExp(gauge.metrics));
  return holds === undefined ? undefined : leadDays(growth, { room, capacity: gauge.capacity }, holds, held);
}

function alarmLead(growth: Growth, room: number, { freeBelow = 0, held }: GrowthAlert): number | undefined {
  return leadDays(growth, { room, capacity: room }, ({ capacity, used }) => capacity - used < freeBelow, held);
}
