/** Databases of Google Cloud and Azure that back themselves up, by the defaults of their providers. */
import type { At } from '../../model/origin.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { textOf, type Body, type Configuration, type Resource } from '../../proofs/topology/evaluate/index.ts';
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
    resource.attribute('master_instance_name') !== undefined || /^(?:Replica|Secondary|OnlineSecondary)$/.test(mode)
  );
}

/** What the databases among the resources of a root keep by themselves; nothing where that is not known. */
export function meansOfOtherClouds(root: Configuration, isMeant: (resource: Resource) => boolean): BackupMeans[] {
  return OTHER_DATABASES.flatMap((type) => root.of(type))
    .filter((resource) => resource.mode === 'managed' && !isReplica(resource) && isMeant(resource))
    .flatMap((resource) => (resource.type.startsWith('google_') ? ofGoogle(resource) : ofAzure(resource)));
}

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

function numberIn(body: Body, name: string): At<number> | undefined {
  const at = body.attribute(name);
  if (at === undefined) return { value: UNSAID, origin: body.origin };
  const value = Number(textOf(at.value) ?? Number.NaN);
  return Number.isNaN(value) ? undefined : { value, origin: at.origin };
}
