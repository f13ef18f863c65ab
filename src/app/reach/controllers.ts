import { publicRoutes } from '../../proofs/edge/index.ts';
import { ANYONE, onePort, podsOf, portsText, union, intersect, type Ports } from '../../proofs/reachability/index.ts';
import type { ReachMap } from '../../report/reach/schema.ts';
import type { ReachSubject } from './read.ts';

const CONTROLLER = '{ingress-controller}';

/**
 * What an ingress controller or gateway reaches of what routes send it to. Which pods it has is not looked for: it is an ordinary source,
 * which may be on its host's network or outside, so what is sure is only what lets everybody in.
 */
export function controllerRows({
  reach,
  view,
}: ReachSubject): (ReachMap['rows'][number] | ReachMap['unknown'][number])[] {
  const wanted = new Map<string, { ports: Ports; routes: Set<string> }>();
  for (const { source, backends } of publicRoutes(view)) {
    for (const { workloads, targetPorts } of backends) {
      for (const workload of workloads) {
        const id = workload.replace(/^(\S+) (.+)$/, '$2[$1]');
        const known = wanted.get(id) ?? { ports: [], routes: new Set<string>() };
        for (const port of targetPorts) known.ports = union(known.ports, onePort('TCP', port));
        known.routes.add(source);
        wanted.set(id, known);
      }
    }
  }
  return [...wanted].flatMap(([id, { ports, routes }]) => {
    const pods = podsOf(reach, id);
    if (pods === undefined || ports.length === 0) return [];
    const { allowed, unknown } = reach.connection(ANYONE, pods);
    const sure = intersect(allowed, ports);
    const open = intersect(unknown, ports);
    const because = [
      `${[...routes].join(', ')} needs it, and only some sources are let in: which pods the controller has is not known`,
    ];
    return [
      ...(sure.length > 0 ? [{ src: CONTROLLER, dst: id, conn: portsText(sure) }] : []),
      ...(open.length > 0 ? [{ src: CONTROLLER, dst: id, conn: portsText(open), because }] : []),
    ];
  });
}
