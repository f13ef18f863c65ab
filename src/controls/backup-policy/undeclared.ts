/** Databases of AWS, Cloud SQL and Azure that no store of the spec is. Nobody has said what they may lose, but what they keep can be read. */
import type { Subject } from '../../model/control.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Configuration, Resource } from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf, resourceBlocks, titleOf, unreadModuleOfStore } from '../../proofs/topology/index.ts';
import { databasesOf, managedMeans, type BackupMeans } from './means.ts';
import { moduleMeans } from './modules.ts';
import { isReplica, OTHER_DATABASES } from './other-clouds.ts';

const DATABASES = [
  'aws_db_instance',
  'aws_rds_cluster',
  'aws_docdb_cluster',
  'aws_neptune_cluster',
  'aws_redshift_cluster',
  'aws_dynamodb_table',
] as const;

/** The key of a table that holds nothing but the locks of Terraform's state. */
const LOCKS = 'LockID';

export interface Undeclared {
  readonly address: string;
  readonly means: readonly BackupMeans[];
  /** The call that makes it, where its source is not here. */
  readonly module?: Configuration['unread'][number];
  /** Plans of AWS Backup, which may cover it by tags. */
  readonly plans: readonly string[];
}

/** Those of production and staging; a replica is backed up with its source. */
export function undeclaredDatabases(view: PlatformView): Subject[] {
  if (!['production', 'staging'].includes(view.environment.kind)) return [];
  return databases(view).map(({ address }) => ({ kind: 'store', name: address }));
}

export function undeclaredDatabase(view: PlatformView, name: string): Undeclared | undefined {
  return databases(view).find(({ address }) => address === name);
}

const databases = oncePerPlatform((view: PlatformView): readonly Undeclared[] => {
  const configurations = configurationsOf(view);
  // A store whose database keeps what nobody knows is not thereby judged.
  const claimed = new Set(
    view.spec.stores.flatMap((store) => databasesOf(view, store)).filter((one) => managedMeans(one).length > 0),
  );
  const inModules = new Set(view.spec.stores.flatMap((store) => unreadModuleOfStore(configurations, store) ?? []));
  const plans = resourceBlocks(view, 'aws_backup_selection').map(({ labels }) => labels.join('.'));
  const found = (types: readonly string[], covering: readonly string[]): Undeclared[] =>
    configurations.flatMap((root) =>
      types
        .flatMap((type) => root.of(type))
        .filter((resource) => resource.mode === 'managed' && !claimed.has(resource) && !isSpared(resource))
        .map((one) => ({ address: titleOf(view, root, one), means: managedMeans(one), plans: covering })),
    );
  const ofModules = configurations.flatMap((root) =>
    root.unread
      .filter((call) => !inModules.has(call))
      .flatMap((call) => {
        const means = moduleMeans(call);
        return means === undefined ? [] : [{ address: titleOf(view, root, call), means, plans, module: call }];
      }),
  );
  return [...found(DATABASES, plans), ...found(OTHER_DATABASES, []), ...ofModules];
});

/** A replica, which is backed up with its source, and locks. */
function isSpared(resource: Resource): boolean {
  if (resource.attribute('hash_key')?.value === LOCKS) return true;
  return resource.attribute('replicate_source_db') !== undefined || isReplica(resource);
}
