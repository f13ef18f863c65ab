/** A transition system over small states, each with a string that tells it from the others. */
export interface System<S> {
  readonly starts: readonly S[];
  next(state: S): S[];
  key(state: S): string;
  ready(state: S): number;
  done(state: S): boolean;
}

/** What every execution shares: the fewest ready in any reachable state, and whether the end stays reachable from all of them. */
export interface Explored {
  readonly fewestReady: number;
  readonly alwaysFinishes: boolean;
  readonly states: number;
}

/** Visits every reachable state, then walks back from the finished ones. */
export function explore<S>(system: System<S>): Explored {
  const seen = new Map<string, S>();
  const before = new Map<string, string[]>();
  const queue = system.starts.map((state) => [system.key(state), state] as const);
  for (const [key, state] of queue) seen.set(key, state);
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    const [from, state] = entry;
    for (const following of system.next(state)) {
      const to = system.key(following);
      const earlier = before.get(to);
      if (earlier === undefined) before.set(to, [from]);
      else earlier.push(from);
      if (seen.has(to)) continue;
      seen.set(to, following);
      queue.push([to, following]);
    }
  }
  const finishing = reachesEnd(system, seen, before);
  return {
    fewestReady: Math.min(...[...seen.values()].map((state) => system.ready(state))),
    alwaysFinishes: finishing.size === seen.size,
    states: seen.size,
  };
}

function reachesEnd<S>(system: System<S>, seen: Map<string, S>, before: Map<string, string[]>): Set<string> {
  const ends = [...seen].filter(([, state]) => system.done(state)).map(([key]) => key);
  const finishing = new Set(ends);
  for (let key = ends.pop(); key !== undefined; key = ends.pop()) {
    for (const earlier of before.get(key) ?? []) {
      if (finishing.has(earlier)) continue;
      finishing.add(earlier);
      ends.push(earlier);
    }
  }
  return finishing;
}
