/** Databases of AWS, Cloud SQL and Azure that no store of the spec is. Nobody has said what they may lose, but what they keep can be read. */
import type { Subject } from '../../model/control.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Configuration } from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf, resourceBlocks, unreadModuleOfStore } from '../../proofs/topology/index.ts';
import { backupMeans, managedMeans, type BackupMeans } from './means.ts';
import { moduleDatabases } from './modules.ts';
import { isReplica, meansOfOtherClouds, OTHER_DATABASES } from './other-clouds.ts';

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
  const claimed = new Set(view.spec.stores.flatMap((store) => backupMeans(view, store).map(({ name }) => name)));
  const plans = resourceBlocks(view, 'aws_backup_selection').map(({ labels }) => labels.join('.'));
  const ofAws = configurationsOf(view)
    .flatMap((configuration) => DATABASES.flatMap((type) => configuration.of(type)))
    .filter(({ mode, type, name }) => mode === 'managed' && !claimed.has(`${type}.${name}`))
    .filter((resource) => resource.attribute('replicate_source_db') === undefined)
    .filter((resource) => resource.attribute('hash_key')?.value !== LOCKS)
    .map(({ address }) => ({ address, means: managedMeans(view, (block) => block.address === address), plans }));
  const inModules = new Set(
    view.spec.stores.flatMap((store) => unreadModuleOfStore(configurationsOf(view), store)?.address ?? []),
  );
  const ofModules = configurationsOf(view)
    .flatMap(moduleDatabases)
    .filter(({ address }) => !inModules.has(address))
    .map((database) => ({ ...database, plans }));
  return [...ofAws, ...configurationsOf(view).flatMap((root) => ofOtherClouds(root, claimed)), ...ofModules];
});

function ofOtherClouds(root: Configuration, claimed: ReadonlySet<string>): Undeclared[] {
  return OTHER_DATABASES.flatMap((type) => root.of(type))
    .filter((resource) => resource.mode === 'managed' && !isReplica(resource) && !claimed.has(resource.address))
    .map(({ address }) => ({
      address,
      means: meansOfOtherClouds(root, (resource) => resource.address === address),
      plans: [],
    }));
}
