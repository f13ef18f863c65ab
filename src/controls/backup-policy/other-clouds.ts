/** Databases of Google Cloud and Azure that back themselves up, by the defaults of their providers. */
import { parseDuration } from '../../model/duration.ts';
import type { At } from '../../model/origin.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { textOf, type Body, type Resource } from '../../proofs/topology/evaluate/index.ts';
import type { BackupMeans } from './means.ts';

const DAY = 86_400;
/** Backups that Cloud SQL keeps, and days that Azure does, where nothing is said. */
const UNSAID = 7;

type Kind = StoreSpec['kind'];

/** Types of resources, with the kinds of stores that they can be; those of Cloud SQL tell by their version. */
const TYPES: Readonly<Record<string, readonly Kind[]>> = {
  google_sql_database_instance: ['postgres', 'mysql', 'mariadb', 'other'],
  azurerm_postgresql_flexible_server: ['postgres'],
  azurerm_mysql_flexible_server: ['mysql', 'mariadb'],
  azurerm_mssql_database: ['other'],
  azurerm_cosmosdb_account: ['other'],
  google_alloydb_cluster: ['postgres'],
};

export const OTHER_DATABASES = Object.keys(TYPES);

/** Types that a store of the kind may be, as `resourcesOfStore` takes them. */
export function typesOf(kind: Kind): (readonly [type: string])[] {
  return OTHER_DATABASES.filter((type) => TYPES[type]?.includes(kind)).map((type) => [type] as const);
}

/** A copy is backed up with its source. */
export function isReplica(resource: Resource): boolean {
  const mode = textOf(resource.attribute('create_mode')?.value ?? '') ?? '';
  return (
    resource.attribute('master_instance_name') !== undefined ||
    textOf(resource.attribute('cluster_type')?.value ?? '') === 'SECONDARY' ||
    /^(?:Replica|Secondary|OnlineSecondary)$/.test(mode)
  );
}

/** What a database keeps by itself; nothing where that is not known. */
export function meansOfOtherClouds(resource: Resource): BackupMeans[] {
  return isReplica(resource) ? [] : (READERS[resource.type] ?? ofAzure)(resource);
}

const READERS: Readonly<Record<string, (resource: Resource) => BackupMeans[]>> = {
  google_sql_database_instance: ofGoogle,
  google_alloydb_cluster: ofAlloy,
  azurerm_cosmosdb_account: ofCosmos,
};

/**
 * Cloud SQL makes none unless `enabled` says so, and archives its log only when asked to.
 * https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/sql_database_instance
 */
function ofGoogle(resource: Resource): BackupMeans[] {
  const [settings] = resource.blocks('settings');
  if (settings === undefined || settings.open('backup_configuration') !== undefined) return [];
  const [configuration] = settings.blocks('backup_configuration');
  const enabled = configuration?.attribute('enabled');
  const { origin } = enabled ?? configuration ?? settings;
  const remedy = 'Set enabled, and point_in_time_recovery_enabled, in the backup_configuration of its settings.';
  if (enabled === undefined || enabled.value === false)
    return [{ name: resource.address, retention: { value: 0, origin }, suspended: false, remedy, origin }];
  const kept = configuration?.blocks('backup_retention_settings')[0];
  const backups = kept === undefined ? { value: UNSAID, origin } : numberIn(kept, 'retained_backups');
  if (enabled.value !== true || backups === undefined) return [];
  const archives = ['point_in_time_recovery_enabled', 'binary_log_enabled'].some(
    (name) => configuration?.attribute(name)?.value === true,
  );
  return [
    {
      ...keeping(resource, archives ? 'continuous' : '@daily', backups, configuration?.origin),
      ...(!archives && { pauses: true }),
    },
  ];
}

/**
 * AlloyDB keeps every moment of so many days, 14 where nothing is said, and a backup of each day unless told otherwise.
 * https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/alloydb_cluster
 */
function ofAlloy(resource: Resource): BackupMeans[] {
  const [continuous] = resource.blocks('continuous_backup_config');
  const [daily] = resource.blocks('automated_backup_policy');
  const told = [continuous, daily].map((body) => body?.attribute('enabled')?.value ?? true);
  if (told.some((value) => typeof value !== 'boolean')) return [];
  const [archives, copies] = told;
  if (archives === true) {
    const days = continuous === undefined ? undefined : numberIn(continuous, 'recovery_window_days', ALLOY_DAYS);
    if (continuous !== undefined && days === undefined) return [];
    return [keeping(resource, 'continuous', days ?? { value: ALLOY_DAYS, origin: resource.origin })];
  }
  const origin = continuous?.origin ?? resource.origin;
  if (copies === true) {
    const days = ageOf(daily ?? resource);
    return days === undefined ? [] : [{ ...keeping(resource, '@daily', days, origin), pauses: true }];
  }
  const remedy = 'Set enabled in its continuous_backup_config.';
  return [{ name: resource.address, retention: { value: 0, origin }, suspended: false, remedy, origin }];
}

const ALLOY_DAYS = 14;

/** Days that a policy of daily backups keeps them, by their number or by their age. */
function ageOf(policy: Body): At<number> | undefined {
  const [byCount] = policy.blocks('quantity_based_retention');
  if (byCount !== undefined) return numberIn(byCount, 'count', ALLOY_DAYS);
  const age = policy.blocks('time_based_retention')[0]?.attribute('retention_period');
  if (age === undefined) return { value: ALLOY_DAYS, origin: policy.origin };
  const kept = parseDuration(textOf(age.value) ?? '');
  return kept === undefined ? undefined : { value: kept / DAY, origin: age.origin };
}

/**
 * Two copies, one every four hours, are kept for eight hours where nothing is said.
 * https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/cosmosdb_account
 */
function ofCosmos(resource: Resource): BackupMeans[] {
  if (resource.open('backup') !== undefined) return [];
  const [backup] = resource.blocks('backup');
  const type = backup === undefined ? 'Periodic' : textOf(backup.attribute('type')?.value ?? '');
  if (type === 'Continuous') {
    const tier = backup?.attribute('tier');
    const days = /\d+/.exec(textOf(tier?.value ?? 'Continuous30Days') ?? '')?.[0];
    const origin = tier?.origin ?? backup?.origin ?? resource.origin;
    return days === undefined ? [] : [keeping(resource, 'continuous', { value: Number(days), origin })];
  }
  if (type !== 'Periodic') return [];
  const hours = numberIn(backup ?? resource, 'retention_in_hours', 8);
  const minutes = numberIn(backup ?? resource, 'interval_in_minutes', 240);
  if (hours === undefined || minutes === undefined) return [];
  const remedy = 'Set type = "Continuous" in its backup, or a longer retention_in_hours.';
  return [{ ...keeping(resource, `@every ${minutes.value}m`, { ...hours, value: hours.value / 24 }), remedy }];
}

/** Azure archives the log of each by itself, for so many days. */
function ofAzure(resource: Resource): BackupMeans[] {
  const policy =
    resource.type === 'azurerm_mssql_database' ? resource.blocks('short_term_retention_policy')[0] : resource;
  const days =
    policy === undefined
      ? { value: UNSAID, origin: resource.origin }
      : numberIn(policy, policy === resource ? 'backup_retention_days' : 'retention_days');
  return days === undefined ? [] : [keeping(resource, 'continuous', days)];
}

function keeping(resource: Resource, schedule: string, days: At<number>, origin = resource.origin): BackupMeans {
  return {
    name: resource.address,
    schedule: { value: schedule, origin },
    retention: { value: days.value * DAY, origin: days.origin },
    encrypted: { value: true, origin },
    suspended: false,
    origin: days.origin,
  };
}

function numberIn(body: Body, name: string, unsaid = UNSAID): At<number> | undefined {
  const at = body.attribute(name);
  if (at === undefined) return { value: unsaid, origin: body.origin };
  const value = Number(textOf(at.value) ?? Number.NaN);
  return Number.isNaN(value) ? undefined : { value, origin: at.origin };
}
