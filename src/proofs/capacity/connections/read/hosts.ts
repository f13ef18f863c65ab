import { cursor, type KubeObject, type Workload } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { selectsPods } from '../../../../model/service-pods.ts';

/** Something that is connected to: by which names, and on which port where only the port tells. */
export interface Target {
  /** `store/orders`, `service/pgbouncer`, as flows and `connections` name it. */
  readonly id: string;
  /** Services of the cluster that lead to it. */
  readonly services: readonly { readonly namespace: string; readonly name: string }[];
  /** Names from outside of the cluster. */
  readonly hosts: readonly string[];
  /** A database, whose pool may be set under a general name such as `DB_POOL`. */
  readonly relational: boolean;
  /** Its port; absent: any. A host with another port is something else that runs there, such as an exporter. */
  readonly port?: number;
}

/** A Service whose selector matches, or one without a selector that bears the workload's name: its endpoints are managed. */
export function servicesFor(view: PlatformView, workloads: readonly Workload[]): Target['services'] {
  return workloads.flatMap((workload) =>
    view
      .objects('Service', workload.namespace)
      .filter((service) => leadsTo(service, workload))
      .map(({ name }) => ({ namespace: workload.namespace, name })),
  );
}

function leadsTo(service: KubeObject, workload: Workload): boolean {
  const selector = cursor(service).get('spec', 'selector').stringMap();
  if (Object.keys(selector).length === 0) return new RegExp(`^${workload.name}(?:-|$)`).test(service.name);
  return selectsPods(service, workload);
}

/** Whether a setting of a pod in the namespace names the target as a host, and with no other port than its own. */
export function names(target: Target, text: string, namespace: string): boolean {
  const found = (pattern: RegExp): boolean =>
    [...text.matchAll(pattern)].some(
      ([, port]) => port === undefined || target.port === undefined || Number(port) === target.port,
    );
  return (
    target.services.some(
      (service) =>
        text.includes(service.name) &&
        (found(qualified(service)) || (service.namespace === namespace && found(short(service.name)))),
    ) || target.hosts.some((host) => text.includes(host) && found(whole(escaped(host))))
  );
}

/** `postgres.data`, `postgres.data.svc.cluster.local`, and one pod of it: `postgres-0.postgres.data.svc`. */
function qualified({ name, namespace }: { name: string; namespace: string }): RegExp {
  return whole(`(?:[\\w-]+\\.)?${escaped(name)}\\.${escaped(namespace)}(?:\\.svc(?:\\.[\\w.-]+)?)?`);
}

function whole(pattern: string): RegExp {
  return new RegExp(`(?<![\\w.-])${pattern}(?![\\w-])(?::(\\d{1,5}))?`, 'gi');
}

/** A short name counts where a host stands: as the whole value, after `@`, `//`, `host=` or `tcp(`, never as a scheme. */
function short(name: string): RegExp {
  return new RegExp(`(?:^|[@,]|//|host=|tcp\\()${escaped(name)}(?::(\\d{1,5}))?(?=$|[/,?)\\s])`, 'gi');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
