import type { Query, Subject } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Configuration } from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf, resourcesOfStore, topologiesOf } from '../../proofs/topology/index.ts';
import { copiesOf, protectionOf, type Copy } from './copies.ts';

export interface StoreRecovery {
  readonly name: string;
  readonly kind: string;
  readonly rpo: string | undefined;
  readonly rto: string | undefined;
  readonly offsite: string | undefined;
  readonly copies: readonly Copy[];
  /** Resources of it that anybody's mistake may delete. */
  readonly unprotected: readonly { readonly id: string; readonly origin: Origin }[];
}

export interface Recovery {
  readonly stores: readonly StoreRecovery[];
  /** Zones of the nodes that Terraform makes, by cluster; empty where none is described. */
  readonly nodes:
    | {
        readonly zones: readonly string[];
        readonly groups: readonly string[];
        readonly unknown: boolean;
        readonly origin: Origin;
      }
    | undefined;
  /** Whether any Terraform describes the platform: what it does not show is then missing, not merely kept elsewhere. */
  readonly described: boolean;
  /** Otherwise, in words, what describes it and of which copies are not read: other clouds, modules whose sources are not here. */
  readonly unread?: string;
}

/** The production environment of a spec: without one nobody has said what may be lost. */
export function recoveredEnvironment(view: PlatformView): Subject[] {
  if (view.provisional || view.environment.kind !== 'production') return [];
  return [{ kind: 'environment', name: view.environment.name }];
}

export function recovery(): Query<Recovery> {
  return (view) => {
    const configurations = configurationsOf(view);
    const described = configurations.some(({ resources }) => resources.some(({ type }) => type.startsWith('aws_')));
    const unread = described ? undefined : unreadIn(configurations);
    return {
      stores: view.spec.stores
        .filter(({ ephemeral }) => ephemeral === undefined)
        .map((store) => ({
          name: store.name,
          kind: store.kind,
          rpo: store.rpo,
          rto: store.rto,
          offsite: store.backup?.offsite,
          copies: copiesOf(configurations, store),
          unprotected: resourcesOfStore(configurations, store).flatMap((resource) => {
            const protection = protectionOf(resource);
            return protection?.on === false ? [{ id: resource.address, origin: protection.origin }] : [];
          }),
        })),
      nodes: nodesOf(view),
      ...(unread !== undefined && { unread }),
      described,
    };
  };
}

const OTHER_CLOUDS = { google: 'Google Cloud', azurerm: 'Azure' } as const;

function unreadIn(configurations: readonly Configuration[]): string | undefined {
  for (const { resources, unread } of configurations) {
    const cloud = Object.entries(OTHER_CLOUDS).find(([prefix]) =>
      resources.some(({ type }) => type.startsWith(`${prefix}_`)),
    )?.[1];
    if (cloud !== undefined) return `copies in ${cloud} are not read from its Terraform`;
    const [module] = unread;
    if (module !== undefined) return `the source ${module.source} of ${module.address} is not here`;
  }
  return undefined;
}

function nodesOf(view: PlatformView): Recovery['nodes'] {
  const hosts = topologiesOf(view).flatMap(({ network }) => network.hosts.filter(({ kind }) => kind === 'nodes'));
  const [first] = hosts;
  if (first === undefined) return undefined;
  const subnets = hosts.flatMap((host) => host.subnets);
  return {
    zones: [...new Set(subnets.flatMap(({ zone }) => zone ?? []))].sort(),
    groups: hosts.map(({ id }) => id),
    unknown: hosts.some(({ unplaced }) => unplaced !== undefined) || subnets.some(({ zone }) => zone === undefined),
    origin: first.origin,
  };
}
