import type { Origin } from '../../model/origin.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { resourcesOfStore } from '../../proofs/topology/index.ts';
import { textOf, type Configuration, type Resource } from '../../proofs/topology/evaluate/index.ts';
import { flag, identityAt, identityOf, number, refersTo, text } from '../../proofs/topology/read.ts';

/** A copy of a store's data, and whether it survives the loss of the region. */
export interface Copy {
  readonly what: string;
  readonly elsewhere: 'yes' | 'no' | 'unknown';
  /** Region it lies in, as far as it is known. */
  readonly region: string;
  /** Seconds that it may lag behind, where something bounds that. */
  readonly lag?: number;
  readonly origin: Origin;
}

/** Copies of a store that Terraform makes: replicas, replicated backups, replicated buckets. */
export function copiesOf(configurations: readonly Configuration[], store: StoreSpec): Copy[] {
  return configurations.flatMap((configuration) => [
    ...resourcesOfStore([configuration], store).flatMap((resource) => copiesOfResource(configuration, resource)),
    ...offsiteBucket(configuration, store.backup?.offsite ?? ''),
  ]);
}

function copiesOfResource(configuration: Configuration, resource: Resource): Copy[] {
  if (resource.type === 'aws_s3_bucket') return bucketCopies(configuration, resource);
  const of = (type: string, attribute: string): Resource[] =>
    configuration.of(type).filter((one) => one !== resource && identityAt(one, attribute) === resource.address);
  const plain = [
    ...of('aws_db_instance_automated_backups_replication', 'source_db_instance_arn'),
    ...of('aws_db_instance', 'replicate_source_db'),
    ...of('aws_rds_cluster', 'replication_source_identifier'),
    ...of('aws_elasticache_replication_group', 'global_replication_group_id'),
    ...siblings(configuration, resource),
  ];
  return [
    ...plain.map((one) => copyAt(configuration, resource, one, one.address)),
    ...vaultCopies(configuration, resource),
  ];
}

/** Other members of the same global cluster. */
function siblings(configuration: Configuration, resource: Resource): Resource[] {
  const global = identityAt(resource, 'global_cluster_identifier');
  if (global === undefined) return [];
  return configuration
    .of(resource.type)
    .filter((one) => one !== resource && identityAt(one, 'global_cluster_identifier') === global);
}

function copyAt(configuration: Configuration, source: Resource, copy: Resource, what: string): Copy {
  const [from, to] = [regionOf(configuration, source), regionOf(configuration, copy)];
  const elsewhere = from === undefined || to === undefined ? 'unknown' : from === to ? 'no' : 'yes';
  return { what, elsewhere, region: to ?? 'a region that is not known', origin: copy.origin };
}

/** The region that a resource is made in: its own, since version 6 of the provider, or that of its provider. */
export function regionOf(configuration: Configuration, resource: Resource): string | undefined {
  const own = text(resource, 'region', '');
  if (own.known && own.value !== '') return own.value;
  const told = configuration.providers.get(resource.provider)?.attribute('region')?.value;
  return told === undefined ? undefined : textOf(told);
}

function bucketCopies(configuration: Configuration, bucket: Resource): Copy[] {
  return configuration
    .of('aws_s3_bucket_replication_configuration')
    .filter((one) => refersTo(one, 'bucket', bucket, 'bucket'))
    .flatMap((replication) =>
      replication.blocks('rule').flatMap((rule): Copy[] => {
        const [destination] = rule.blocks('destination');
        const status = text(rule, 'status', '');
        if (destination === undefined || (status.known && status.value !== 'Enabled')) return [];
        const [target] = configuration.named(destination.attribute('bucket')?.value ?? null);
        const minutes = destination.blocks('replication_time').flatMap((time) => time.blocks('time'))[0];
        const lag = minutes === undefined ? undefined : number(minutes, 'minutes', 15);
        const copy = target === undefined ? undefined : copyAt(configuration, bucket, target, replication.address);
        return [
          {
            ...(copy ?? {
              what: replication.address,
              elsewhere: 'unknown' as const,
              region: 'a bucket that is not described here',
            }),
            ...(lag?.known === true ? { lag: lag.value * 60 } : {}),
            origin: replication.origin,
          },
        ];
      }),
    );
}

/** Plans of AWS Backup that select the resource and copy it to a vault elsewhere. */
function vaultCopies(configuration: Configuration, resource: Resource): Copy[] {
  const plans = configuration.of('aws_backup_selection').flatMap((selection) => {
    const listed = selection.attribute('resources')?.value;
    const names = Array.isArray(listed) ? listed.map((one) => identityOf(one)) : [];
    return names.includes(resource.address) || names.includes('*') ? (identityAt(selection, 'plan_id') ?? []) : [];
  });
  return configuration
    .of('aws_backup_plan')
    .filter(({ address }) => plans.includes(address))
    .flatMap((plan) =>
      plan.blocks('rule').flatMap((rule) =>
        rule.blocks('copy_action').map((action): Copy => {
          const [vault] = configuration.named(action.attribute('destination_vault_arn')?.value ?? null);
          if (vault !== undefined)
            return { ...copyAt(configuration, resource, vault, plan.address), origin: action.origin };
          const region = /^arn:aws[\w-]*:backup:([\w-]+):/.exec(identityAt(action, 'destination_vault_arn') ?? '')?.[1];
          const home = regionOf(configuration, resource);
          const elsewhere = region === undefined || home === undefined ? 'unknown' : region === home ? 'no' : 'yes';
          return {
            what: plan.address,
            elsewhere,
            region: region ?? 'a vault that is not described here',
            origin: action.origin,
          };
        }),
      ),
    );
}

/** The bucket that the spec names as the place of copies. It must lie in another region than the root's own provider. */
function offsiteBucket(configuration: Configuration, offsite: string): Copy[] {
  const name = /\bs3:\/\/([\w.-]+)/.exec(offsite)?.[1];
  if (name === undefined) return [];
  const home = configuration.providers.get('aws')?.attribute('region')?.value;
  return configuration
    .of('aws_s3_bucket')
    .filter((one) => identityAt(one, 'bucket') === name)
    .map((bucket): Copy => {
      const region = regionOf(configuration, bucket);
      const from = home === undefined ? undefined : textOf(home);
      const elsewhere = region === undefined || from === undefined ? 'unknown' : region === from ? 'no' : 'yes';
      return { what: `s3://${name}`, elsewhere, region: region ?? 'a region that is not known', origin: bucket.origin };
    });
}

/** A store's own protection against being deleted by mistake, where the service has one. */
export function protectionOf(resource: Resource): { on: boolean; origin: Origin } | undefined {
  const told = ['aws_db_instance', 'aws_rds_cluster', 'aws_docdb_cluster', 'aws_neptune_cluster'].includes(
    resource.type,
  )
    ? flag(resource, 'deletion_protection', false)
    : undefined;
  return told?.known === true ? { on: told.value, origin: told.origin } : undefined;
}
