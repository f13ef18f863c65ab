import type { NonEmpty, Step } from '../../../model/result.ts';
import { isKnown, show, type Unknown } from '../figure.ts';
import type { Peak } from '../pods.ts';
import { clientLine, stepsOf, sumOf, type Line } from './demand.ts';
import { serverConnections, type ServerConnections } from './pooler.ts';
import type { ConnectionParams, Pooler } from './types.ts';

/** Whether a pooler takes its clients. */
export type PoolerAnswer = { readonly pooler: Pooler } & (
  | { readonly answer: 'fits'; readonly clients: number; readonly accepts: number }
  /** `refused`: above max_client_conn. `waiting`: session pooling gives each client a server connection, and there are fewer. */
  | {
      readonly answer: 'refused' | 'waiting';
      readonly clients: number;
      readonly accepts: number;
      readonly because: string;
      readonly steps: NonEmpty<Step>;
    }
  | { readonly answer: 'unknown'; readonly open: NonEmpty<Unknown> }
);

/**
 * Clients against `max_client_conn`, and in session mode against the server connections. Clients stay where they connected,
 * so one pooler may have more than its share (`skew`), and while a node is drained one pooler is away.
 */
export function judgeClients(pooler: Pooler, { skew }: ConnectionParams): PoolerAnswer {
  const { pods } = pooler;
  if (!isKnown<Peak>(pods)) return { pooler, answer: 'unknown', open: [pods] };
  const found = pooler.clients.map(clientLine);
  const lines = found.filter(isKnown<Line>);
  const [first, ...rest] = found.filter((line): line is Unknown => !isKnown<Line>(line));
  const clients = sumOf(lines);
  const fewest = Math.max(1, pods.fewest - 1) * pooler.processes;
  const accepts = fewest * pooler.maxClients.value;
  const left = pods.fewest > 1 ? `${fewest} left while one is drained` : `${fewest}`;
  if (clients > accepts)
    return refused(pooler, lines, {
      clients,
      accepts,
      how: `${left} x max_client_conn ${show(pooler.maxClients.value)}`,
    });
  const served = serverConnections(pooler);
  if (pooler.mode === 'session' && isKnown<ServerConnections>(served) && clients > served.value * fewest)
    return waiting(pooler, lines, {
      clients,
      accepts: served.value * fewest,
      how: `${left} x ${served.value} server connections`,
    });
  if (first !== undefined) return { pooler, answer: 'unknown', open: [first, ...rest] };
  const worst = Math.min(clients, Math.ceil((clients * skew) / fewest));
  if (worst <= pooler.maxClients.value) return { pooler, answer: 'fits', clients, accepts };
  return { pooler, answer: 'unknown', open: [unevenly(pooler, clients, worst, skew)] };
}

interface Shortage {
  readonly clients: number;
  readonly accepts: number;
  readonly how: string;
}

function refused(pooler: Pooler, lines: readonly Line[], { clients, accepts, how }: Shortage): PoolerAnswer {
  const because = `${pooler.id} accepts ${show(accepts)} clients, and ${show(clients)} may connect`;
  const state = `${show(clients)} > ${show(accepts)}: the rest gets "no more connections allowed (max_client_conn)"`;
  return {
    pooler,
    answer: 'refused',
    clients,
    accepts,
    because,
    steps: stepsTo(lines, { action: `${pooler.id} accepts ${how} = ${show(accepts)}`, state }),
  };
}

function waiting(pooler: Pooler, lines: readonly Line[], { clients, accepts, how }: Shortage): PoolerAnswer {
  const because = `${pooler.id} pools sessions: ${show(clients)} clients hold a server connection each for as long as they are connected, and there are ${show(accepts)}`;
  const state = `${show(clients)} > ${show(accepts)}: the rest waits for query_wait_timeout and is then disconnected`;
  return {
    pooler,
    answer: 'waiting',
    clients,
    accepts,
    because,
    steps: stepsTo(lines, { action: `${pooler.id} has ${how} = ${show(accepts)}`, state }),
  };
}

function stepsTo(lines: readonly Line[], last: Step): NonEmpty<Step> {
  const [first = last, ...rest] = stepsOf(lines, 'clients');
  return [first, ...rest, last];
}

function unevenly(pooler: Pooler, clients: number, worst: number, skew: number): Unknown {
  return {
    unknown: `whether ${show(clients)} clients spread over the processes of ${pooler.id}: one with ${skew} times its share has ${show(worst)}, max_client_conn ${show(pooler.maxClients.value)}`,
    declare: `Raise max_client_conn of ${pooler.id} above ${show(worst)}`,
  };
}
