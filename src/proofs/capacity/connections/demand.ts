import type { Step } from '../../../model/result.ts';
import { isKnown, show, type Unknown } from '../figure.ts';
import { podsAt, type Peak } from '../pods.ts';
import { serverConnections, type ServerConnections } from './pooler.ts';
import type { Client, Pooler, Proxy } from './types.ts';

/** One summand of the budget. */
export interface Line {
  readonly id: string;
  readonly connections: number;
  /** `12 replicas … + 3 surge = 15 x pool 20 = 300`. */
  readonly arithmetic: string;
}

/** What a client opens at the worst moment. */
export function clientLine({ id, pods, pool, processes }: Client): Line | Unknown {
  if (!isKnown<Peak>(pods)) return pods;
  if (!isKnown(pool)) return pool;
  const all = podsAt(pods);
  const connections = all * processes * pool.value;
  const workers = processes === 1 ? '' : ` x ${processes} processes`;
  return { id, connections, arithmetic: `${podsText(pods)}${workers} x pool ${pool.value} = ${show(connections)}` };
}

/** What the processes of a pooler open towards the server. */
export function poolerLine(pooler: Pooler): Line | Unknown {
  if (!isKnown<Peak>(pooler.pods)) return pooler.pods;
  const each = serverConnections(pooler);
  if (!isKnown<ServerConnections>(each)) return each;
  const connections = podsAt(pooler.pods) * pooler.processes * each.value;
  const workers = pooler.processes === 1 ? '' : ` x ${pooler.processes} processes`;
  const arithmetic = `${podsText(pooler.pods)}${workers} x ${each.value} server connections (${each.from}) = ${show(connections)}`;
  return { id: pooler.id, connections, arithmetic };
}

/** The share that a proxy takes, rounded down as whole connections are. */
export function proxyLine({ id, percent }: Proxy, max: number): Line {
  const connections = Math.floor((max * percent) / 100);
  return { id, connections, arithmetic: `${percent} % of ${show(max)} = ${show(connections)}` };
}

function podsText(pods: Peak): string {
  return pods.surge === 0 ? pods.from : `${pods.from} = ${podsAt(pods)}`;
}

/** The lines as steps with a running sum. */
export function stepsOf(lines: readonly Line[], what: string): Step[] {
  let sum = 0;
  return lines.map(({ id, connections, arithmetic }) => {
    sum += connections;
    return { action: `${id}: ${arithmetic}`, state: `${show(sum)} ${what}` };
  });
}

export function sumOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { connections }) => sum + connections, 0);
}
