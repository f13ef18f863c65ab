/** Queues, topics and streams of AWS that Terraform makes: what they hold waits there for days. */
import type { HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';
import { addressOf, flagFact, keyFact, type Fact, type Holder } from './facts.ts';

export function queues(view: PlatformView): Holder[] {
  const holders = (type: string, factsOf: (block: HclBlock) => Fact[]): Holder[] =>
    resourceBlocks(view, type).map((block) => ({ id: addressOf(block), facts: factsOf(block) }));
  return [
    ...holders('aws_sqs_queue', (block) => [queueFact(block), keyOf(block, 'kms_master_key_id')]),
    ...holders('aws_sns_topic', (block) => [topicFact(block), keyOf(block, 'kms_master_key_id')]),
    ...holders('aws_kinesis_stream', (block) => [streamFact(block), keyOf(block, 'kms_key_id')]),
  ];
}

/**
 * Encrypted by a key, or by SQS itself; only queues made since October 2022 are without a word.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html
 */
function queueFact(block: HclBlock): Fact {
  const name = block.labels.join('.');
  const { kms_master_key_id: key, sqs_managed_sse_enabled: own } = block.attributes;
  if (key !== undefined && key.literal !== null && key.literal !== '')
    return { question: 'encrypted', answer: 'yes', because: `${name} names a key`, origin: key.origin };
  return flagFact('encrypted', `${name} sqs_managed_sse_enabled`, own, {
    answer: 'unknown',
    because: `${name} sets neither kms_master_key_id nor sqs_managed_sse_enabled, and only newer queues are encrypted by default`,
    origin: block.origin,
  });
}

/** SNS encrypts the disks that it keeps messages on. https://docs.aws.amazon.com/sns/latest/dg/sns-data-encryption.html */
function topicFact({ labels, origin }: HclBlock): Fact {
  return { question: 'encrypted', answer: 'yes', because: `${labels.join('.')} lies on encrypted disks`, origin };
}

/** `NONE` unless it says `KMS`. */
function streamFact(block: HclBlock): Fact {
  const name = block.labels.join('.');
  const type = block.attributes['encryption_type'];
  const value = type === undefined || type.literal === null ? 'NONE' : type.literal;
  return {
    question: 'encrypted',
    answer: value === 'KMS' ? 'yes' : value === undefined ? 'unknown' : 'no',
    because: `${name} encryption_type is ${type === undefined ? 'not set, which is NONE' : type.text.trim()}`,
    origin: type?.origin ?? block.origin,
  };
}

function keyOf(block: HclBlock, name: string): Fact {
  return keyFact(`${block.labels.join('.')} ${name}`, block.attributes[name], block.origin);
}
