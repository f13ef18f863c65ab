import type { PodClass } from './classes.ts';
import { tableOf } from './groups.ts';
import { DIRECTIONS } from './lookup.ts';
import { subtract } from './intervals.ts';
import type { Ports } from './ports.ts';
import type { Reachability } from './reach.ts';
import type { Direction } from './types.ts';

/** Pods that the same policies select in a direction: what a map is made of, and never larger than pods plus policies. */
export interface IsolationProfile {
  readonly direction: Direction;
  readonly pods: readonly PodClass[];
  /** The NetworkPolicies that select them. */
  readonly policies: readonly string[];
  /** Ports that surely pass with pods which no rule names; undefined where that hangs on their own ports. */
  readonly rest: Ports | undefined;
}

export function isolationProfiles(reach: Reachability): IsolationProfile[] {
  const table = tableOf(reach);
  return DIRECTIONS.flatMap((direction) =>
    table.profiles[direction].map((profile) => {
      const { rest } = table.row(profile);
      return {
        direction,
        pods: profile.members,
        policies: reach.isolation(profile.members[0], direction).policies.map(({ id }) => id),
        rest: rest === undefined ? undefined : subtract(rest.accept, rest.deny),
      };
    }),
  );
}
