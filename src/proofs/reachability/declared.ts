/**
 * Allowed against declared, end to end. An under-grant is a flow that somebody declared or that the platform cannot do without, and that
 * the policies at one end stop. An over-grant is what may pass though no flow speaks of it.
 */
import type { Origin } from '../../model/origin.ts';
import type { Endpoint } from './endpoints.ts';
import { podGroups } from './groups.ts';
import { overlap, subtract, union } from './intervals.ts';
import { NO_PORTS, onePort, portRange, type Ports, type Protocol } from './ports.ts';
import type { Connection, Reachability, Verdict } from './reach.ts';
import type { PodClass } from './classes.ts';

/** Something that is meant to pass. */
export interface Flow {
  /** `shop/api[Deployment] -> shop/db[StatefulSet] : TCP 5432`. */
  readonly name: string;
  /** Who sends; any of them will do (the internet itself, or the load balancer before it). */
  readonly from: readonly Endpoint[];
  readonly to: readonly Endpoint[];
  readonly protocol: Protocol;
  /** Ports of the receiving pods of which any will do; empty: any port at all. */
  readonly ports: readonly number[];
  readonly origin?: Origin;
}

export interface Judged {
  readonly flow: Flow;
  readonly verdict: Verdict;
}

/** What passes between pods beyond what flows say. */
export interface OverGrant {
  readonly from: readonly PodClass[];
  readonly to: readonly PodClass[];
  /** The ports beyond; `unknown` are those of which it cannot be told whether they pass. */
  readonly connection: Connection;
}

/** The verdict on each flow. Those that are not `allowed` are under-grants, or unknown. */
export function judgeFlows(reach: Reachability, flows: readonly Flow[]): Judged[] {
  return flows.map((flow) => ({ flow, verdict: judge(reach, flow) }));
}

function judge(reach: Reachability, flow: Flow): Verdict {
  const wanted = portsOf(flow);
  let best: Verdict = 'denied';
  for (const from of flow.from) {
    for (const to of flow.to) {
      const { allowed, unknown } = reach.connection(from, to);
      if (overlap(allowed, wanted)) return 'allowed';
      if (overlap(unknown, wanted)) best = 'unknown';
    }
  }
  return best;
}

function portsOf({ protocol, ports }: Flow): Ports {
  if (ports.length === 0) return portRange(protocol);
  return ports.reduce<Ports>((all, port) => union(all, onePort(protocol, port)), NO_PORTS);
}

/** What may pass between the pods of the platform and that none of the flows covers. */
export function* overGrants(reach: Reachability, flows: readonly Flow[]): Generator<OverGrant> {
  const covered = coveredPorts(flows);
  for (const { from, to, connection } of podGroups(reach)) {
    for (const receiver of to) {
      const byPorts = new Map<string, { from: PodClass[]; connection: Connection }>();
      for (const sender of from) {
        if (sender === receiver && sender.members.length === 1) continue;
        const said = covered.get(sender)?.get(receiver) ?? NO_PORTS;
        const beyond = { allowed: subtract(connection.allowed, said), unknown: subtract(connection.unknown, said) };
        if (beyond.allowed.length + beyond.unknown.length === 0) continue;
        const key = said.join();
        const known = byPorts.get(key);
        if (known === undefined) byPorts.set(key, { from: [sender], connection: beyond });
        else known.from.push(sender);
      }
      for (const { from: senders, connection: beyond } of byPorts.values())
        yield { from: senders, to: [receiver], connection: beyond };
    }
  }
}

function coveredPorts(flows: readonly Flow[]): Map<PodClass, Map<PodClass, Ports>> {
  const covered = new Map<PodClass, Map<PodClass, Ports>>();
  for (const flow of flows) {
    for (const from of flow.from) {
      for (const to of flow.to) {
        if (from.kind !== 'pods' || to.kind !== 'pods') continue;
        const row = covered.get(from.pods) ?? new Map<PodClass, Ports>();
        covered.set(from.pods, row);
        row.set(to.pods, union(row.get(to.pods) ?? NO_PORTS, portsOf(flow)));
      }
    }
  }
  return covered;
}
