import type { Query, Subject } from '../../model/control.ts';
import { environmentOf, type EnvironmentVariable } from '../../model/env.ts';
import { workloadName } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { isLongRunning, runsForEver, workloadsOf } from '../../model/subjects.ts';
import { dashboards } from '../../proofs/alerting/dashboards.ts';
import { exposedIn } from '../../proofs/alerting/metrics/index.ts';
import { evictionOf, type Eviction } from './eviction.ts';
import { hostIn, nameOfHost } from './host.ts';

/** Names under which programs are told; others are declared by setting these as well. */
export const TTL = ['CACHE_TTL', 'CACHE_FRESH_FOR', 'CACHE_MAX_AGE'] as const;
export const STALE = ['CACHE_STALE_LIMIT', 'CACHE_STALE_TTL', 'CACHE_STALE_FOR', 'CACHE_STALE_IF_ERROR'] as const;
export const ADDRESS = ['CACHE_ADDR', 'CACHE_URL', 'CACHE_HOST', 'CACHE_REDIS_URL'] as const;
const METRICS = ['cache_requests_total', 'cache_hits_total', 'http_cache_requests_total'] as const;

export type Setting = EnvironmentVariable & { readonly workload: string };

/** A store that an address leads to. */
export interface CacheStore {
  readonly name: string;
  readonly ephemeral: boolean;
  /** Channels that it carries: it is the store of messages, then. */
  readonly channels: readonly string[];
  readonly eviction: Eviction;
}

export interface StaleCache {
  readonly workloads: readonly string[];
  readonly ttl: readonly Setting[];
  readonly stale: readonly Setting[];
  readonly addresses: readonly { readonly setting: Setting; readonly host?: string; readonly store?: string }[];
  readonly opaque: readonly string[];
  readonly stores: readonly CacheStore[];
  /** Metrics of the hit rate that something surely exposes, and those of them that a panel shows. */
  readonly exposed: readonly string[];
  readonly shown: readonly string[];
  readonly provisional: boolean;
}

/** Services that run for ever and whose containers are told of a cache, or of which nobody can tell. */
export function cachingServices(view: PlatformView): Subject[] {
  return view
    .services()
    .filter(runsForEver)
    .filter(
      ({ unknown, workloads }) =>
        unknown !== undefined ||
        workloads.some((workload) =>
          environmentOf(view, workload).some(({ name }) => isOne(name, [...TTL, ...STALE, ...ADDRESS])),
        ),
    )
    .map(({ name }) => ({ kind: 'service', name }));
}

export function staleCache(subject: Subject): Query<StaleCache> {
  return (view) => {
    const workloads = workloadsOf(view, subject).filter(isLongRunning);
    const settings = workloads.flatMap((workload) =>
      environmentOf(view, workload).map((setting) => ({ ...setting, workload: workloadName(workload) })),
    );
    const addresses = settings.filter(({ name }) => isOne(name, ADDRESS)).map((setting) => addressOf(view, setting));
    const exposed = METRICS.filter((metric) => exposedIn(view, metric));
    const queries = dashboards(view).flatMap((dashboard) => dashboard.queries.map(({ text }) => text));
    return {
      workloads: workloads.map(workloadName),
      ttl: settings.filter(({ name }) => isOne(name, TTL)),
      stale: settings.filter(({ name }) => isOne(name, STALE)),
      addresses,
      opaque: settings.filter(({ name }) => name === '*').map(({ workload }) => workload),
      stores: view.spec.stores
        .filter(({ name }) => addresses.some(({ store }) => store === name))
        .map((store) => cacheStore(view, store)),
      exposed,
      shown: exposed.filter((metric) => queries.some((text) => new RegExp(`\\b${metric}\\b`).test(text))),
      provisional: view.provisional,
    };
  };
}

function addressOf(view: PlatformView, setting: Setting): StaleCache['addresses'][number] {
  const { source } = setting;
  const value = source.from === 'literal' || source.from === 'configMap' ? source.value : undefined;
  const host = value === undefined ? undefined : hostIn(value);
  if (host === undefined) return { setting };
  const store = view.spec.stores.find(({ name, hosts }) => hosts?.includes(host) === true || nameOfHost(host) === name);
  return { setting, host, ...(store === undefined ? {} : { store: store.name }) };
}

function cacheStore(view: PlatformView, store: StoreSpec): CacheStore {
  return {
    name: store.name,
    ephemeral: store.ephemeral !== undefined,
    channels: view.spec.channels.filter((channel) => channel.store === store.name).map(({ pattern }) => pattern),
    eviction: evictionOf(view, store),
  };
}

function isOne(name: string, names: readonly string[]): boolean {
  return names.includes(name);
}
