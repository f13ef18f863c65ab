import {
  ANYONE,
  intersect,
  onePort,
  portsText,
  routedPods,
  union,
  type Ports,
} from '../../proofs/reachability/index.ts';
import type { ReachMap } from '../../report/reach/schema.ts';
import type { ReachSubject } from './read.ts';

/**
 * What an ingress controller or gateway reaches of what routes send it to, where its pods are not in the platform (those that are have
 * rows like all others). It is an ordinary source, which may be on its host's network or outside: sure is what lets everybody in.
 */
export function controllerRows({
  reach,
  view,
}: ReachSubject): (ReachMap['rows'][number] | ReachMap['unknown'][number])[] {
  const strangers = routedPods(view, reach).filter(({ controller }) => controller === undefined);
  return strangers.flatMap(({ id, pods, ports: numbers, routes, controllerId: src }) => {
    const ports = numbers.reduce<Ports>((all, port) => union(all, onePort('TCP', port)), []);
    const { allowed, unknown } = reach.connection(ANYONE, pods);
    const sure = intersect(allowed, ports);
    const open = intersect(unknown, ports);
    const because = [
      `${routes.join(', ')} needs it, and only some sources are let in: which pods the controller has is not known`,
    ];
    return [
      ...(sure.length > 0 ? [{ src, dst: id, conn: portsText(sure) }] : []),
      ...(open.length > 0 ? [{ src, dst: id, conn: portsText(open), because }] : []),
    ];
  });
}
