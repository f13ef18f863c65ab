import { isKnown, type Known } from '../figure.ts';
import type { Peak } from '../pods.ts';
import type { Client, ConnectionInput, Pooler } from './types.ts';

/**
 * The worst moment, played: every process of every pod opens one connection after another, in the order that `pick` gives, until it
 * or the server refuses. Shares no arithmetic with the engine: it counts connections in a set. For tests.
 */
export function playWorstMoment(
  input: ConnectionInput,
  pick: (among: number) => number,
): { open: number; refused: number } {
  const limit = isKnown<Known>(input.limit) ? input.limit.value : 0;
  const slots = limit - input.reserved.reduce((sum, { value }) => sum + value, 0);
  const openers = [
    ...input.clients.flatMap(processesOf),
    ...input.poolers.flatMap(poolsOf),
    ...input.others.map(({ connections }) => bounded([connections])),
  ];
  let open = 0;
  let refused = 0;
  while (openers.length > 0) {
    const index = pick(openers.length);
    const opener = openers[index];
    if (opener === undefined || !opener()) {
      openers.splice(index, 1);
      continue;
    }
    if (open < slots) open += 1;
    else refused += 1;
  }
  return { open, refused };
}

/** Opens one more connection, or answers false when its pool is full. */
type Opener = () => boolean;

function podsOf(pods: Client['pods']): number[] {
  if (!isKnown<Peak>(pods)) return [];
  return Array.from({ length: pods.replicas + pods.surge }, (_, pod) => pod);
}

function processesOf({ pods, pool, processes }: Client): Opener[] {
  return podsOf(pods).flatMap(() =>
    Array.from({ length: processes }, () => bounded([isKnown<Known>(pool) ? pool.value : 0])),
  );
}

/** One process of a pooler: each pair of database and user wants connections, and database and user have their own bounds. */
function poolsOf({ pods, processes, databases, clients, authUser, mostPerUser }: Pooler): Opener[] {
  return podsOf(pods).flatMap(() =>
    Array.from({ length: processes }, () => 0).flatMap(() =>
      databases.flatMap(({ poolSize, reserve, most, forcedUser }) => {
        const database = { left: most ?? Number.POSITIVE_INFINITY };
        const users = new Set([
          ...(forcedUser === undefined ? clients.map(({ user }) => user) : [forcedUser]),
          ...(authUser === undefined ? [] : [authUser]),
        ]);
        return [...users].map(() => {
          const own = bounded([poolSize + reserve, mostPerUser ?? Number.POSITIVE_INFINITY]);
          return (): boolean => {
            if (database.left === 0 || !own()) return false;
            database.left -= 1;
            return true;
          };
        });
      }),
    ),
  );
}

function bounded(bounds: readonly number[]): Opener {
  let left = Math.min(...bounds);
  return () => {
    if (left <= 0) return false;
    left -= 1;
    return true;
  };
}
