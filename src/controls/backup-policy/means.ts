import type { HclBlock } from '../../model/document.ts';
import type { KubeObject } from '../../model/kube.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Finding } from '../../model/result.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { nested } from '../../proofs/edge/terraform.ts';
import type { Resource } from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf, managedResources, resourcesOfStore } from '../../proofs/topology/index.ts';
import { commandsOf, cronJob } from './cron-jobs.ts';
import { operatorMeans } from './operators.ts';
import { meansOfOtherClouds, typesOf } from './other-clouds.ts';
import { coversNamespace, takesVolumes, velero } from './velero.ts';

/** Something in the repository that backs a store up. */
export interface BackupMeans {
  /** `CronJob shop/orders-backup`, `aws_db_instance.orders`. */
  readonly name: string;
  readonly schedule?: At<string>;
  /** Seconds that copies are kept. */
  readonly retention?: At<number>;
  readonly encrypted?: At<boolean>;
  readonly suspended: boolean;
  /** Why it fails whenever it runs, as a clause. */
  readonly broken?: string;
  /** What of the store it does not back up: `keyspace orders`. */
  readonly leavesOut?: string;
  /** Its schedule means something else than it seems to. */
  readonly misread?: Pick<Finding, 'severity' | 'remediation'> & { readonly because: string };
  /** True where it can archive what happens between two backups, and is not told to. */
  readonly pauses?: true;
  /** How to let it keep backups, where it keeps none. */
  readonly remedy?: string;
  readonly origin: Origin;
}

const DAY = 86_400;
/** What is found that names the store or its workload, by kind of tool. */
export function backupMeans(view: PlatformView, store: StoreSpec): BackupMeans[] {
  const mentions = mentioning(store);
  const named = (object: KubeObject): boolean => object.name === store.backup?.by || mentions(object.name);
  return [
    ...view
      .objects('CronJob')
      .filter((object) => named(object) || mentions(commandsOf(object)))
      .flatMap((object) => cronJob(object, store)),
    ...view
      .objects('Schedule.velero.io')
      .filter((object) => named(object) || coversNamespace(object, store))
      .filter((object) => object.name === store.backup?.by || takesVolumes(view, object, store))
      .map(velero),
    ...operatorMeans(view, { named, mentions }),
    ...databasesOf(view, store).flatMap(managedMeans),
  ];
}

/** Whether a text names the store or one of its workloads. */
function mentioning(store: StoreSpec): (text: string) => boolean {
  const names = [store.name, ...(store.workloads ?? []).map(({ name }) => name)];
  return (text) => names.some((name) => new RegExp(`(?:^|[^a-z0-9])${escaped(name)}(?:[^a-z0-9]|$)`, 'i').test(text));
}

/** Managed services that snapshot by themselves: attribute, unit, and whether it means continuous archiving. */
const MANAGED: readonly [type: string, attribute: string, continuous: boolean][] = [
  ['aws_db_instance', 'backup_retention_period', true],
  ['aws_rds_cluster', 'backup_retention_period', true],
  ['aws_docdb_cluster', 'backup_retention_period', true],
  ['aws_neptune_cluster', 'backup_retention_period', true],
  ['aws_redshift_cluster', 'automated_snapshot_retention_period', false],
  ['aws_elasticache_replication_group', 'snapshot_retention_limit', false],
  ['aws_elasticache_cluster', 'snapshot_retention_limit', false],
];

/** The databases and caches of Terraform that the store is and that keep backups by themselves, of whichever cloud. */
export function databasesOf(view: PlatformView, store: StoreSpec): Resource[] {
  const configurations = configurationsOf(view);
  const own = new Set(resourcesOfStore(configurations, store));
  const mentions = mentioning(store);
  return [
    ...['aws_dynamodb_table', ...MANAGED.map(([type]) => type)]
      .flatMap((type) => managedResources(view, type))
      .filter((resource) => own.has(resource) || concerns(resource.asBlock(), store, mentions)),
    ...resourcesOfStore(configurations, store, typesOf(store.kind)),
  ];
}

/** What a managed service keeps by itself; nothing where that is not known. */
export function managedMeans(resource: Resource): BackupMeans[] {
  const block = resource.asBlock();
  if (resource.type === 'aws_dynamodb_table') return tableMeans(resource.address, block);
  const managed = MANAGED.find(([type]) => type === resource.type);
  if (managed === undefined) return meansOfOtherClouds(resource);
  const [, attribute, continuous] = managed;
  const days = retained(block, attribute);
  if (days === undefined) return [];
  const { origin } = days;
  const encrypted = ['storage_encrypted', 'at_rest_encryption_enabled', 'encrypted'].flatMap(
    (name) => block.attributes[name] ?? [],
  )[0];
  return [
    {
      name: resource.address,
      ...(days.value !== 0 && { schedule: { value: continuous ? 'continuous' : '@daily', origin } }),
      retention: { value: days.value * DAY, origin },
      ...(typeof encrypted?.literal === 'boolean' && {
        encrypted: { value: encrypted.literal, origin: encrypted.origin },
      }),
      suspended: false,
      origin,
    },
  ];
}

const TABLE_DAYS = 35;

/** A table keeps nothing unless it is told to keep every moment of the last 35 days, or of fewer. */
function tableMeans(name: string, block: HclBlock): BackupMeans[] {
  const recovery = nested(block, 'point_in_time_recovery')[0];
  const enabled = recovery?.attributes['enabled'];
  const days = recovery?.attributes['recovery_period_in_days'];
  // Terraform takes a truth in quotes for a truth.
  const told = enabled === undefined ? 'false' : String(enabled.literal);
  if (told !== 'true' && told !== 'false') return [];
  if (days !== undefined && typeof days.literal !== 'number') return [];
  const kept = told === 'true' ? Number(days?.literal ?? TABLE_DAYS) : 0;
  const origin = (days ?? enabled)?.origin ?? block.origin;
  return [
    {
      name,
      ...(kept === 0 ? {} : { schedule: { value: 'continuous', origin } }),
      retention: { value: kept * DAY, origin },
      suspended: false,
      origin,
    },
  ];
}

/** What the provider takes where nothing is said; a cache keeps none, and need not. */
const UNSAID: Readonly<Record<string, number>> = {
  aws_db_instance: 0,
  aws_rds_cluster: 1,
  aws_docdb_cluster: 1,
  aws_neptune_cluster: 1,
  aws_redshift_cluster: 1,
};

/** Days that copies are kept. */
function retained(block: HclBlock, attribute: string): At<number> | undefined {
  const days = block.attributes[attribute];
  if (days === undefined) {
    const value = UNSAID[block.labels[0] ?? ''];
    const isReplica = block.attributes['replicate_source_db'] !== undefined;
    return value === undefined || isReplica ? undefined : { value, origin: block.origin };
  }
  // Terraform takes a number in quotes for a number.
  const value = typeof days.literal === 'string' ? Number.parseInt(days.literal, 10) : days.literal;
  if (typeof value !== 'number' || Number.isNaN(value) || (value === 0 && attribute === 'snapshot_retention_limit'))
    return undefined;
  return { value, origin: days.origin };
}

function concerns(block: HclBlock, store: StoreSpec, mentions: (text: string) => boolean): boolean {
  return (
    store.managed === block.labels.join('.') ||
    mentions((block.labels[1] ?? '').replaceAll('_', '-')) ||
    mentions(String(block.attributes['identifier']?.literal ?? ''))
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
