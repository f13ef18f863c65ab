import type { Origin } from '../../../model/origin.ts';
import type { NonEmpty, Step } from '../../../model/result.ts';
import { isKnown, show, type Known, type Unknown } from '../figure.ts';
import { clientLine, poolerLine, proxyLine, stepsOf, sumOf, type Line } from './demand.ts';
import { judgeClients, type PoolerAnswer } from './clients.ts';
import type { ConnectionInput, ConnectionParams } from './types.ts';

/** Whether all connections that may be open at once are allowed. */
export type Budget =
  | { readonly answer: 'fits'; readonly sum: number; readonly available: number; readonly from: string }
  | {
      readonly answer: 'exceeds';
      readonly sum: number;
      readonly available: number;
      /** `500 - 13 reserved`. */
      readonly from: string;
      readonly steps: NonEmpty<Step>;
      readonly origin?: Origin;
      /** The limit is a default, since nothing was found that sets it. */
      readonly byDefault: boolean;
    }
  | { readonly answer: 'unknown'; readonly open: NonEmpty<Unknown> };

export interface ConnectionAnswer {
  readonly lines: readonly Line[];
  readonly server: Budget;
  /** The client side of each pooler. */
  readonly poolers: readonly PoolerAnswer[];
}

/**
 * The budget at the worst moment: every workload at its most replicas and in a rollout, every Job running, every pool full.
 * What exceeds does so on what is known alone; what fits needs every number.
 */
export function assessConnections(input: ConnectionInput, params: ConnectionParams): ConnectionAnswer {
  const { limit } = input;
  const max = isKnown<Known>(limit) ? limit.value : undefined;
  const found = [
    ...input.poolers.map(poolerLine),
    ...input.clients.map(clientLine),
    ...(max === undefined ? [] : input.proxies.map((proxy) => proxyLine(proxy, max))),
  ];
  const others = input.others.map(({ name, connections }): Line => ({
    id: name,
    connections,
    arithmetic: `declared ${show(connections)}`,
  }));
  const lines = [...found.filter(isKnown<Line>), ...others].filter(({ connections }) => connections > 0);
  const open = found.filter((line): line is Unknown => !isKnown<Line>(line));
  return {
    lines,
    server: serverBudget(input, params, lines, open),
    poolers: input.poolers.map((pooler) => judgeClients(pooler, params)),
  };
}

function serverBudget(
  { limit, reserved, servers }: ConnectionInput,
  { skew }: ConnectionParams,
  lines: readonly Line[],
  open: readonly Unknown[],
): Budget {
  if (!isKnown<Known>(limit)) return { answer: 'unknown', open: [limit, ...open] };
  const sum = sumOf(lines);
  const kept = reserved.reduce((total, { value }) => total + value, 0);
  const each = Math.max(0, limit.value - kept);
  const available = each * servers;
  const from = availability(limit, reserved, each, servers);
  const top = (limit.atMost ?? limit.value) - kept;
  if (sum > Math.max(0, top) * servers) return exceeds(sum, available, from, lines, limit);
  const between = sum > available ? [uncertain(limit, sum)] : [];
  const [first, ...rest] = [...between, ...open];
  if (first !== undefined) return { answer: 'unknown', open: [first, ...rest] };
  const worst = servers === 1 ? sum : Math.min(sum, Math.ceil((sum * skew) / servers));
  if (worst <= each) return { answer: 'fits', sum, available, from };
  return {
    answer: 'unknown',
    open: [
      {
        unknown: `whether ${show(sum)} connections spread over ${servers} servers of ${show(each)} each: one with ${skew} times its share has ${show(worst)}`,
        declare: 'Raise the limit of each server, or lower the pools',
      },
    ],
  };
}

function uncertain({ value, atMost, from }: Known, sum: number): Unknown {
  return {
    unknown: `whether ${show(sum)} connections are allowed: the limit lies between ${show(value)} and ${show(atMost ?? value)} (${from})`,
    declare: 'Set max_connections in a parameter group',
  };
}

/** `500 - 13 reserved`; where nothing is taken off, what sets the limit. */
function availability(limit: Known, reserved: readonly Known[], each: number, servers: number): string {
  const minus = reserved.filter(({ value }) => value > 0).map(({ value, from }) => ` - ${show(value)} ${from}`);
  const one = minus.length === 0 ? limit.from : `${show(limit.value)}${minus.join('')}`;
  return servers === 1 ? one : `${servers} servers x ${show(each)}, ${one}`;
}

function exceeds(sum: number, available: number, from: string, lines: readonly Line[], limit: Known): Budget {
  const plain = from.includes(limit.from);
  const last: Step = {
    action: plain
      ? `the server allows ${show(available)} (${from})`
      : `the server allows ${from} = ${show(available)} (${limit.from})`,
    state: `${show(sum)} > ${show(available)}: ${show(sum - available)} connections are refused`,
  };
  const [first = last, ...rest] = stepsOf(lines, 'open');
  return {
    answer: 'exceeds',
    sum,
    available,
    from,
    steps: [first, ...rest, last],
    byDefault: limit.byDefault === true,
    ...(limit.origin !== undefined && { origin: limit.origin }),
  };
}
