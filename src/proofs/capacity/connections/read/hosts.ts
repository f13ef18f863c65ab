import { cursor, type KubeObject, type Workload } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { selects } from '../../../../model/selector.ts';

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
}

/** Where a text names a target; the port where one follows. */
export interface Mention {
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
  const at = cursor(service).get('spec', 'selector');
  const labels = at.stringMap();
  if (Object.keys(labels).length === 0) return new RegExp(`^${workload.name}(?:-|$)`).test(service.name);
  return selects({ matchLabels: labels, matchExpressions: [] }, workload.podLabels);
}

/** Whether a setting of a pod in the namespace names the target as a host. */
export function mentionOf(target: Target, text: string, namespace: string): Mention | undefined {
  for (const service of target.services) {
    if (!text.includes(service.name)) continue;
    const qualified = `${service.name}\\.${service.namespace}(?:\\.svc(?:\\.[\\w.-]+)?)?`;
    const found =
      find(text, `(?:[\\w-]+\\.)?${qualified}`) ??
      (service.namespace === namespace ? bare(text, service.name) : undefined);
    if (found !== undefined) return found;
  }
  for (const host of target.hosts) {
    const found = find(text, escaped(host));
    if (found !== undefined) return found;
  }
  return undefined;
}

function find(text: string, pattern: string): Mention | undefined {
  const match = new RegExp(`(?<![\\w.-])${pattern}(?![\\w-])(?::(\\d{1,5}))?`, 'i').exec(text);
  if (match === null) return undefined;
  return match[1] === undefined ? {} : { port: Number(match[1]) };
}

/** A short name counts where a host stands: as the whole value, after `@`, `//`, `host=` or `tcp(`, never as a scheme. */
function bare(text: string, name: string): Mention | undefined {
  const match = new RegExp(`(?:^|[@,]|//|host=|tcp\\()${escaped(name)}(?::(\\d{1,5}))?(?=$|[/,?)\\s])`, 'i').exec(text);
  if (match === null) return undefined;
  return match[1] === undefined ? {} : { port: Number(match[1]) };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
