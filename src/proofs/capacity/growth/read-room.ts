import { cursor, podSpec, workloadName, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { parseQuantity } from '../../../model/quantity.ts';
import type { StoreSpec } from '../../../model/spec.ts';
import { workloadsOfStore } from '../../../model/subjects.ts';
import { configurationFiles, settingLines } from '../connections/read/mounted.ts';
import { bytesOf } from '../bytes.ts';
import type { Figure, Known } from '../figure.ts';
import { configurationsOf, resourcesOfStore } from '../../topology/index.ts';
import { knownNumber } from '../../topology/read.ts';
import type { SeriesLabels } from './condition.ts';

/** A family of metrics that tell of the store's room: what they call full, and which labels their series carry. */
export interface Gauge {
  /** Source of the pattern of their names. */
  readonly metrics: string;
  readonly capacity: number;
  readonly labels: SeriesLabels;
}

export interface Room {
  readonly volume: Figure;
  readonly gauges: readonly Gauge[];
  /** Grows without end, as object stores of a cloud do. */
  readonly endless: boolean;
}

const VOLUME_METRICS = '^(?:kubelet_volume_stats_|node_filesystem_|elasticsearch_filesystem_)';

/** The room of a store, on one of its members: the claim, what the server allows itself, what Terraform allots, the spec. */
export function roomOf(view: PlatformView, store: StoreSpec): Room {
  const claims = workloadsOfStore(view, store).flatMap((workload) => claimsOf(view, workload));
  const [claim, second] = claims;
  const inner = workloadsOfStore(view, store).flatMap((workload) => ownLimit(view, store, workload) ?? [])[0];
  const managed = managedRoom(view, store);
  const declared =
    store.growth?.volume === undefined
      ? undefined
      : { value: bytesOf(store.growth.volume), from: `growth.volume of store/${store.name}` };
  const disk = second === undefined ? claim?.size : undefined;
  const known = [disk, inner?.limit, managed]
    .filter((figure) => figure !== undefined)
    .sort((a, b) => a.value - b.value);
  const volume = known[0] ?? declared;
  return {
    volume: volume ?? {
      unknown: `how much room store/${store.name} has`,
      declare: `Declare growth.volume of store/${store.name}`,
    },
    gauges: [
      ...claims.map(({ size, labels }) => ({ metrics: VOLUME_METRICS, capacity: size.value, labels })),
      ...(inner === undefined ? [] : [{ metrics: inner.metrics, capacity: inner.limit.value, labels: {} }]),
      ...(managed === undefined ? [] : [{ metrics: '^aws_rds_', capacity: managed.value, labels: {} }]),
      ...(known.length === 0 && declared !== undefined
        ? [{ metrics: VOLUME_METRICS, capacity: declared.value, labels: {} }]
        : []),
    ],
    endless: store.kind === 'bucket' && claims.length === 0 && declared === undefined,
  };
}

interface Claim {
  readonly size: Known;
  readonly labels: SeriesLabels;
}

/** Claims by template, the first member's standing for all; and claims that a pod names. */
function claimsOf(view: PlatformView, workload: Workload): Claim[] {
  const { namespace, name } = workload;
  const made = cursor(workload.object)
    .get('spec', 'volumeClaimTemplates')
    .items()
    .flatMap((template): Claim[] => {
      const at = template.get('spec', 'resources', 'requests', 'storage');
      const value = bytes(at.value);
      const title = template.get('metadata', 'name').string() ?? '';
      if (value === undefined) return [];
      return [
        {
          size: { value, from: `claim ${title} of ${workloadName(workload)}`, origin: at.origin },
          labels: { namespace, persistentvolumeclaim: `${title}-${name}-0` },
        },
      ];
    });
  const named = podSpec(workload)
    .get('volumes')
    .items()
    .flatMap((volume) => volume.get('persistentVolumeClaim', 'claimName').string() ?? []);
  const bound = view
    .objects('PersistentVolumeClaim', namespace)
    .filter((object) => named.includes(object.name))
    .flatMap((object): Claim[] => {
      const at = cursor(object).get('spec', 'resources', 'requests', 'storage');
      const value = bytes(at.value);
      return value === undefined
        ? []
        : [
            {
              size: { value, from: `PersistentVolumeClaim ${namespace}/${object.name}`, origin: at.origin },
              labels: { namespace, persistentvolumeclaim: object.name },
            },
          ];
    });
  return [...made, ...bound];
}

/** Limits that servers keep by themselves. Sizes of Redis and NATS: `gb` is 1024³, `g` is 1000³ (redis.conf; nats-server conf/parse.go). */
const OWN_LIMITS: Readonly<Record<string, { setting: RegExp; metrics: string }>> = {
  redis: { setting: /^maxmemory$/i, metrics: '^redis_memory_' },
  nats: { setting: /^max_file(?:_store)?$/i, metrics: '^(?:gnatsd|nats)_varz_jetstream_|^(?:jetstream|nats)_server_' },
};

function ownLimit(
  view: PlatformView,
  { kind }: StoreSpec,
  workload: Workload,
): { limit: Known; metrics: string } | undefined {
  const own = OWN_LIMITS[kind];
  if (own === undefined) return undefined;
  for (const file of configurationFiles(view, workload)) {
    const found = settingLines(file.text).findLast(({ name }) => own.setting.test(name));
    const value = found === undefined ? undefined : serverBytes(found.value);
    if (value !== undefined && value > 0)
      return {
        limit: { value, from: `${found?.name} in ${file.key} of ${file.id}`, origin: file.origin },
        metrics: own.metrics,
      };
  }
  return undefined;
}

const POWERS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

function serverBytes(text: string): number | undefined {
  const [, amount, unit = '', binary = ''] = /^(\d+)([kmgt]?)(i?b?)$/i.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * (binary === '' ? 1000 : 1024) ** (POWERS[unit.toLowerCase()] ?? 0);
}

/** `max_allocated_storage` where storage grows by itself, else `allocated_storage`, in GiB. */
function managedRoom(view: PlatformView, store: StoreSpec): Known | undefined {
  const database = resourcesOfStore(configurationsOf(view), store).find(({ type }) => type === 'aws_db_instance');
  if (database === undefined) return undefined;
  for (const name of ['max_allocated_storage', 'allocated_storage']) {
    const found = knownNumber(database, name);
    if (found !== undefined && found.value > 0)
      return { value: found.value * 1024 ** 3, from: `${name} of ${database.address}`, origin: found.origin };
  }
  return undefined;
}

function bytes(value: unknown): number | undefined {
  const parsed = parseQuantity(String(value ?? ''));
  return parsed === undefined ? undefined : Number(parsed / 1_000_000_000n);
}
