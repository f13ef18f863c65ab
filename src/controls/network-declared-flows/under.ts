import type { Origin } from '../../model/origin.ts';
import type { Step } from '../../model/result.ts';
import { stepsOf } from '../../proofs/network/index.ts';
import {
  explain,
  judgeFlows,
  type DeclaredFlow,
  type Flow,
  type Reachability,
} from '../../proofs/reachability/index.ts';

/** A declared flow that does not pass between two workloads, or of which it cannot be told. */
export interface UnderGrant {
  /** As the spec has it: `service/api -> store/orders : TCP 5432`. */
  readonly flow: string;
  /** Between which workloads: `shop/api[Deployment] -> data/orders[StatefulSet] : TCP 5432`. */
  readonly pair: string;
  readonly verdict: 'denied' | 'unknown';
  /** The ends that say no. */
  readonly sides: readonly ('egress' | 'ingress')[];
  readonly because: string;
  readonly steps: readonly Step[];
  readonly namespaces: readonly string[];
  readonly origin?: Origin;
}

export function underGrants(reach: Reachability, declared: readonly DeclaredFlow[]): UnderGrant[] {
  return declared.flatMap(({ name, flows }) =>
    judgeFlows(reach, flows.flatMap(eachPlace)).flatMap(({ flow, verdict }) =>
      verdict === 'allowed' ? [] : [describe(reach, name, flow, verdict)],
    ),
  );
}

/** A managed store may have its address in any of the subnets for data, so the way to each is asked for. */
function eachPlace(flow: Flow): Flow[] {
  if (flow.to.length < 2 || flow.to.some(({ kind }) => kind !== 'addresses') || !/-> store\//.test(flow.name))
    return [flow];
  return flow.to.map((to) => ({ ...flow, to: [to] }));
}

function describe(reach: Reachability, name: string, flow: Flow, verdict: UnderGrant['verdict']): UnderGrant {
  const [from, to] = [flow.from[0], flow.to[0]];
  const namespaces = [from, to].flatMap((end) => (end?.kind === 'pods' ? [end.pods.namespace.name] : []));
  const base = { flow: name, pair: flow.name, verdict, namespaces };
  if (from === undefined || to === undefined) return { ...base, sides: [], because: 'an end is missing', steps: [] };
  const why = explain(reach, from, to, flow.protocol, flow.ports[0] ?? 1);
  const blocking = [why.egress, why.ingress].filter((side) => side.verdict !== 'allowed');
  const origin = blocking.flatMap(({ policies }) => policies).find((policy) => policy.origin !== undefined)?.origin;
  const [sender = '', receiver = ''] = flow.name.split(/ -> | : /);
  return {
    ...base,
    sides: blocking.map(({ direction }) => direction),
    because: blocking.map((side) => `${side.direction}: ${side.reasons[0] ?? side.because}`).join('; '),
    steps: stepsOf(why, sender, receiver),
    ...(origin !== undefined && { origin }),
  };
}
