import { cursor } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { StoreSpec } from '../../../model/spec.ts';
import type { Body } from '../../topology/evaluate/index.ts';
import { configurationsOf, resourcesOfStore } from '../../topology/index.ts';
import { knownText, refersTo } from '../../topology/read.ts';

/** What removes what is old, as far as it was found; `missing`: what the spec names is not here. */
export type Retention =
  | { readonly state: 'found'; readonly by: string }
  /** A file of the repository says how; whether it is so cannot be seen. */
  | { readonly state: 'described'; readonly by: string }
  | { readonly state: 'suspended' | 'missing'; readonly by: string }
  | { readonly state: 'none' };

/**
 * The retention that the spec names: a CronJob, a stream or topic with a limit, a file of the repository. Without a name, what is
 * plainly there: the lifecycle of a bucket.
 */
export function retentionOf(view: PlatformView, store: StoreSpec): Retention {
  const by = store.growth?.retention;
  const lifecycle = lifecycleOf(view, store);
  if (by === undefined) return lifecycle === undefined ? { state: 'none' } : { state: 'found', by: lifecycle };
  const job = view.objects('CronJob').find(({ name, namespace }) => name === by || `${namespace}/${name}` === by);
  if (job !== undefined) {
    const suspended = cursor(job).get('spec', 'suspend').boolean() === true;
    return { state: suspended ? 'suspended' : 'found', by: `CronJob ${job.namespace}/${job.name}` };
  }
  const limited = limitedStream(view, by);
  if (limited !== undefined) return { state: 'found', by: limited };
  if (lifecycle !== undefined && lifecycle.includes(by)) return { state: 'found', by: lifecycle };
  return view.files().includes(by) ? { state: 'described', by } : { state: 'missing', by };
}

/** Streams of NATS (NACK) and topics of Strimzi that are limited in age or size. */
function limitedStream(view: PlatformView, name: string): string | undefined {
  const stream = view.objects('Stream.jetstream.nats.io').find((object) => object.name === name);
  if (stream !== undefined) {
    const spec = cursor(stream).get('spec');
    const limits = ['maxAge', 'maxBytes'].filter((limit) => spec.get(limit).exists && spec.get(limit).value !== -1);
    return limits.length === 0 ? undefined : `${limits.join(' and ')} of Stream ${name}`;
  }
  const topic = view.objects('KafkaTopic.kafka.strimzi.io').find((object) => object.name === name);
  const config = topic === undefined ? undefined : cursor(topic).get('spec', 'config');
  const limits = ['retention.ms', 'retention.bytes'].filter(
    (limit) => config?.get(limit).exists === true && Number(config.get(limit).value) > 0,
  );
  return limits.length === 0 ? undefined : `${limits.join(' and ')} of KafkaTopic ${name}`;
}

/** A lifecycle of the store's bucket that removes something. */
function lifecycleOf(view: PlatformView, store: StoreSpec): string | undefined {
  if (store.kind !== 'bucket') return undefined;
  return configurationsOf(view)
    .flatMap((configuration) => {
      const buckets = resourcesOfStore([configuration], store);
      return configuration
        .of('aws_s3_bucket_lifecycle_configuration')
        .filter((one) => buckets.some((bucket) => refersTo(one, 'bucket', bucket, 'bucket')));
    })
    .find((lifecycle) => lifecycle.blocks('rule').some(removes))?.address;
}

/** A rule that is on and ends the life of objects or of their old versions; one that only tidies up uploads is none. */
function removes(rule: Body): boolean {
  const ends = ['expiration', 'noncurrent_version_expiration'].some((type) => rule.blocks(type).length > 0);
  return knownText(rule, 'status')?.value === 'Enabled' && ends;
}
