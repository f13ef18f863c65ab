import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Step } from '../../model/result.ts';
import { nameOf, needsOf, stepsOf, type Need } from '../../proofs/network/index.ts';
import { explain, judgeFlows, type Reachability } from '../../proofs/reachability/index.ts';

/** What the platform cannot do without and policies stop, for all workloads of a namespace that are stopped alike. */
export interface Blocked {
  readonly kind: Need['kind'];
  readonly verdict: 'denied' | 'unknown';
  readonly namespace: string;
  readonly workloads: readonly string[];
  /** `TCP 53`. */
  readonly port: string;
  /** What asks for it. */
  readonly by: readonly string[];
  readonly sender: string;
  /** The end that says no. */
  readonly side: 'egress' | 'ingress';
  readonly because: string;
  readonly steps: readonly Step[];
  /** The policies that isolate the end which says no. */
  readonly origin?: Origin;
}

export function blockedNeeds(view: PlatformView, reach: Reachability): Blocked[] {
  const found = new Map<string, Blocked & { workloads: string[]; by: string[] }>();
  const needs = needsOf(view, reach);
  for (const [index, { verdict }] of judgeFlows(reach, needs).entries()) {
    const need = needs[index];
    if (verdict === 'allowed' || need === undefined) continue;
    // Somebody gets through; whether the one who has to is among them, only another repository tells.
    if (verdict === 'unknown' && isOfOthers(need)) continue;
    const blocked = describe(reach, need, verdict);
    const key = JSON.stringify([blocked.kind, verdict, blocked.namespace, blocked.port, blocked.side]);
    const known = found.get(key);
    if (known === undefined) found.set(key, { ...blocked, workloads: [nameOf(need.of)], by: [need.by] });
    else {
      if (!known.workloads.includes(nameOf(need.of))) known.workloads.push(nameOf(need.of));
      if (!known.by.includes(need.by)) known.by.push(need.by);
    }
  }
  return [...found.values()];
}

/** Who sends is not in the repository. */
export function isOfOthers({ kind: of, from }: Need): boolean {
  return of === 'balancer' || from.every(({ kind }) => kind === 'anyone');
}

const OTHERS: Partial<Record<Need['kind'], string>> = {
  ingress: 'the ingress controller',
  balancer: 'the load balancer',
};

function describe(reach: Reachability, need: Need, verdict: Blocked['verdict']): Omit<Blocked, 'workloads' | 'by'> {
  const { kind, of, protocol, ports, name } = need;
  const port = ports[0] ?? 1;
  const [from, to] = [need.from[0], need.to[0]];
  const base = {
    kind,
    verdict,
    namespace: of.namespace.name,
    port: `${protocol} ${port}`,
    sender: isOfOthers(need) ? (OTHERS[kind] ?? '') : (name.split(' -> ')[0] ?? ''),
  };
  if (from === undefined || to === undefined)
    return { ...base, side: 'ingress', because: 'nobody is at the other end', steps: [] };
  const why = explain(reach, from, to, protocol, port);
  const side = why.egress.verdict === 'allowed' ? why.ingress : why.egress;
  const origin = side.policies.find((policy) => policy.origin !== undefined)?.origin ?? need.origin;
  return {
    ...base,
    side: side.direction,
    because: side.reasons[0] ?? side.because,
    steps: stepsOf(why, base.sender, kind === 'dns' ? 'cluster DNS' : nameOf(of)),
    ...(origin !== undefined && { origin }),
  };
}
