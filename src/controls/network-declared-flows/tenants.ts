import type { Origin } from '../../model/origin.ts';
import type { Step } from '../../model/result.ts';
import { nameOf, stepsOf } from '../../proofs/network/index.ts';
import {
  explain,
  podGroups,
  portsText,
  spans,
  type PodClass,
  type Reachability,
} from '../../proofs/reachability/index.ts';

/** Two tenants between whose workloads something passes. */
export interface TenantPath {
  readonly from: string;
  readonly to: string;
  readonly pairs: number;
  readonly example: string;
  readonly sure: boolean;
  readonly namespaces: readonly string[];
  readonly steps: readonly Step[];
  readonly origin?: Origin;
}

/** Labels of a namespace that say whose it is: `tenant`, `example.com/tenant-id`, `capsule.clastix.io/tenant`. */
const TENANT = /(?:^|[/.])tenant(?:-?(?:id|name))?$/i;

/** Paths from a namespace of one tenant to one of another. Namespaces of no tenant serve all. */
export function tenantPaths(reach: Reachability): TenantPath[] {
  if (!reach.classes.all.some((pods) => tenantOf(pods) !== undefined)) return [];
  const found = new Map<string, TenantPath & { pairs: number }>();
  for (const { from, to, connection } of podGroups(reach)) {
    for (const sender of from) {
      for (const receiver of to) {
        const [a, b] = [tenantOf(sender), tenantOf(receiver)];
        if (a === undefined || b === undefined || a === b) continue;
        const known = found.get(`${a} ${b}`);
        if (known !== undefined) known.pairs += 1;
        else {
          const sure = connection.allowed.length > 0;
          const ports = sure ? connection.allowed : connection.unknown;
          const [range] = spans(ports);
          const why = explain(
            reach,
            { kind: 'pods', pods: sender },
            { kind: 'pods', pods: receiver },
            range?.protocol ?? 'TCP',
            range?.first ?? 1,
          );
          const origin =
            [...why.egress.rules, ...why.ingress.rules].find((rule) => rule.origin !== undefined)?.origin ??
            receiver.members[0]?.origin;
          found.set(`${a} ${b}`, {
            from: a,
            to: b,
            pairs: 1,
            example: `${nameOf(sender)} -> ${nameOf(receiver)} : ${portsText(ports)}`,
            sure,
            namespaces: [sender.namespace.name, receiver.namespace.name],
            steps: stepsOf(why, nameOf(sender), nameOf(receiver)),
            ...(origin !== undefined && { origin }),
          });
        }
      }
    }
  }
  return [...found.values()];
}

function tenantOf({ namespace: { labels } }: PodClass): string | undefined {
  const key = Object.keys(labels).find((name) => TENANT.test(name));
  return key === undefined ? undefined : labels[key];
}
