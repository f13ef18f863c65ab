import { both, coverage, either, inverse, minutesOf, type Coverage, type TimeInterval } from './time-intervals.ts';
import type { Route, RoutingConfig } from './types.ts';

/**
 * When none of the routes notifies: each is silent while one of its mute intervals holds, and, where it has active intervals, while
 * none of them does. `undefined` where intervals of different time zones would have to be laid over each other. Source: Alertmanager
 * `notify/mute.go`, `TimeMuteStage` and `TimeActiveStage`.
 */
export function silence(routes: readonly Route[], { intervals }: RoutingConfig): Coverage | undefined {
  if (routes.some(({ muted, active }) => muted.length + active.length === 0)) return { when: 'never' };
  const named = (names: readonly string[]): TimeInterval[] =>
    intervals.filter(({ name }) => names.includes(name)).flatMap((one) => one.intervals);
  const all = routes.flatMap(({ muted, active }) => named([...muted, ...active]));
  if (new Set(all.map(({ location }) => location ?? 'UTC')).size > 1) return undefined;
  return coverage(all, (date) =>
    routes
      .map(({ muted, active }) => {
        const inactive = active.length === 0 ? [] : inverse(minutesOf(named(active), date));
        return either(minutesOf(named(muted), date), inactive);
      })
      .reduce(both),
  );
}
