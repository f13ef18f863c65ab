/** What of a spec the lab runs, in how many replicas, and what it does not run and why. */
import { LaunchgateError } from '../../model/errors.ts';
import type { Spec } from '../../model/spec.ts';
import { nearest } from '../../engine/spec/suggest.ts';
import { OTHER_SERVICES, SERVICES, STORES, type StoreKind } from './reference.ts';

export interface LabPlan {
  readonly spec: Spec;
  /** Folder of the spec: its rules, dashboards and docs may be read. Nothing in it is ever run. */
  readonly root: string;
  /** Services of the reference platform and how many of each. */
  readonly replicas: ReadonlyMap<string, number>;
  /** Stores by name, and what runs them. */
  readonly stores: ReadonlyMap<string, StoreKind>;
  /** Parts of the kit that are switched off, by service. */
  readonly off: ReadonlyMap<string, readonly string[]>;
  readonly left: readonly LeftOut[];
}

/** Something of the spec that this lab does not run. */
export interface LeftOut {
  readonly subject: string;
  readonly because: string;
}

export interface PlanChanges {
  /** Whether a service's program is there to be run. */
  readonly available: (service: string) => boolean;
  readonly replicas: ReadonlyMap<string, number>;
  readonly off: ReadonlyMap<string, readonly string[]>;
}

/** More than this of one service is no use on one machine, and likely a typing error. */
const MOST_REPLICAS = 20;

/** Plans the lab. Throws when the spec describes nothing that the lab can run, and for a change of something that it does not run. */
export function planLab(spec: Spec, root: string, changes: PlanChanges): LabPlan {
  const left: LeftOut[] = [];
  const stores = planStores(spec, left);
  const replicas = planServices(spec, new Set(stores.values()), changes.available, left);
  if (replicas.size === 0)
    throw new LaunchgateError(
      'refused',
      `${spec.name} has no service that the lab can run. ${left.map(({ subject, because }) => `${subject}: ${because}`).join('; ')}`,
      {
        next: `The lab runs the reference platform (${[...SERVICES.keys()].join(', ')}), which comes with Launchgate. Try it on examples/gpu-cloud.`,
      },
    );
  for (const [service, number] of changes.replicas) replicas.set(known(service, replicas), checked(service, number));
  for (const service of changes.off.keys()) known(service, replicas);
  refuseBlindGateway(replicas);
  return { spec, root, replicas, stores, off: changes.off, left };
}

function planStores(spec: Spec, left: LeftOut[]): Map<string, StoreKind> {
  const stores = new Map<string, StoreKind>();
  for (const store of spec.stores) {
    const subject = `store/${store.name}`;
    const kind = store.kind === 'redis' && store.ephemeral !== undefined ? 'cache' : STORES.runs[store.kind];
    if (kind === undefined)
      left.push({ subject, because: STORES.not[store.kind] ?? `the lab has no server for "${store.kind}"` });
    else if ([...stores.values()].includes(kind)) left.push({ subject, because: `the lab runs one ${kind} only` });
    else stores.set(store.name, kind);
  }
  return stores;
}

/** A service is known by name and kind together: another company's "api" of another kind is not ours. */
function planServices(
  spec: Spec,
  stores: ReadonlySet<StoreKind>,
  available: (service: string) => boolean,
  left: LeftOut[],
): Map<string, number> {
  const replicas = new Map<string, number>();
  for (const { name, kind, quorum = 1 } of spec.services) {
    const subject = `service/${name}`;
    const known = SERVICES.get(name);
    if (known === undefined || known.kind !== kind) {
      const other = OTHER_SERVICES.get(name);
      if (other !== 'runs')
        left.push({
          subject,
          because:
            other?.because ?? 'it is not a service of the reference platform, and the lab runs no commands of yours',
        });
      continue;
    }
    const lacking = known.needs.filter((need) => !stores.has(need));
    if (lacking.length > 0)
      left.push({ subject, because: `it needs ${lacking.join(' and ')}, and the spec has no such store` });
    else if (!available(name)) left.push({ subject, because: 'its program is not part of this installation' });
    else replicas.set(name, quorum);
  }
  if (!replicas.has('api') && replicas.delete('terminal-gateway'))
    left.push({
      subject: 'service/terminal-gateway',
      because: 'it has the deny-list from the api, which does not run',
    });
  if (replicas.has('terminal-gateway') && available('node-agent')) replicas.set('node-agent', 2);
  return replicas;
}

/** A gateway knows who is revoked from what the API keeps in Redis, and is not ready before it does. */
function refuseBlindGateway(replicas: ReadonlyMap<string, number>): void {
  if (replicas.get('api') !== 0 || (replicas.get('terminal-gateway') ?? 0) === 0) return;
  throw new LaunchgateError('usage', 'without api no terminal-gateway is ever ready: it has the deny-list from it', {
    next: 'Leave out both: --replicas api=0 --replicas terminal-gateway=0.',
  });
}

function known(service: string, replicas: ReadonlyMap<string, number>): string {
  if (replicas.has(service)) return service;
  const close = nearest(service, [...replicas.keys()]);
  throw new LaunchgateError('usage', `the lab runs no service "${service}"`, {
    next: close === undefined ? `It runs ${[...replicas.keys()].join(', ')}.` : `Did you mean "${close}"?`,
  });
}

function checked(service: string, number: number): number {
  if (Number.isInteger(number) && number >= 0 && number <= MOST_REPLICAS) return number;
  throw new LaunchgateError('usage', `expected 0 to ${MOST_REPLICAS} replicas of ${service}`);
}
