import type { HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { addressOf, booleanOf, hasDynamic, nested, type Fact, type Holder } from './facts.ts';
import { companion } from './companions.ts';
import { publicPolicy } from './public-policy.ts';
import { tlsOnly } from './tls-only.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

const BLOCKING = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'] as const;

/** S3 buckets of Terraform. S3 itself encrypts every object, so the key is what is asked. */
export function buckets(view: PlatformView): Holder[] {
  return resourceBlocks(view, 'aws_s3_bucket').map((bucket) => ({
    id: addressOf(bucket),
    facts: [keyOf(view, bucket), privacy(view, bucket), versioning(view, bucket), tlsOnly(view, bucket)],
  }));
}

function fact(
  bucket: HclBlock,
  question: Fact['question'],
  answer: Fact['answer'],
  because: string,
  at = bucket,
): Fact {
  return { question, answer, because: `${bucket.labels.join('.')} ${because}`, origin: at.origin };
}

function keyOf(view: PlatformView, bucket: HclBlock): Fact {
  const found = companion(view, 'aws_s3_bucket_server_side_encryption_configuration', bucket);
  if (found === 'open')
    return fact(bucket, 'key', 'unknown', 'may get its key from a configuration whose bucket is not written here');
  const rule = nested(found ?? bucket, found === undefined ? 'server_side_encryption_configuration' : 'rule');
  const inner = rule?.type === 'rule' ? rule : rule && nested(rule, 'rule');
  const algorithm = inner && nested(inner, 'apply_server_side_encryption_by_default')?.attributes['sse_algorithm'];
  if (algorithm === undefined) return fact(bucket, 'key', 'no', "names no key, so S3's own is used", found);
  if (algorithm.literal === undefined)
    return fact(bucket, 'key', 'unknown', `takes its key by ${algorithm.text.trim()}`, found);
  return String(algorithm.literal).startsWith('aws:kms')
    ? fact(bucket, 'key', 'yes', 'is encrypted by KMS', found)
    : fact(bucket, 'key', 'no', `is encrypted by ${String(algorithm.literal)}, a key of S3's own`, found);
}

/** Buckets made since April 2023 block public access by themselves, older ones do not: without a word nobody can tell. */
function privacy(view: PlatformView, bucket: HclBlock): Fact {
  const account = resourceBlocks(view, 'aws_s3_account_public_access_block');
  const found = companion(view, 'aws_s3_bucket_public_access_block', bucket);
  if (found === 'open')
    return fact(bucket, 'private', 'unknown', 'may have a public access block whose bucket is not written here');
  const blocks = [...(found === undefined ? [] : [found]), ...account.slice(0, 1)];
  const [block] = blocks;
  if (block === undefined) return unblocked(view, bucket);
  const answers = BLOCKING.map((name) => ({ name, told: blocks.map(({ attributes }) => booleanOf(attributes[name])) }));
  const unset = answers.filter(({ told }) => !told.includes(true));
  const isKnownOff = (name: string): boolean =>
    blocks.every(({ attributes }) => attributes[name] === undefined || booleanOf(attributes[name]) === false);
  const off = unset.find(({ name }) => isKnownOff(name));
  if (off !== undefined) return fact(bucket, 'private', 'no', `does not set ${off.name} to true`, block);
  const [open] = unset;
  return open === undefined
    ? fact(bucket, 'private', 'yes', 'blocks public access', block)
    : fact(bucket, 'private', 'unknown', `sets ${open.name} by a value that is not written here`, block);
}

/** A bucket of which nothing here blocks public access: its ACL or its policy may open it. */
function unblocked(view: PlatformView, bucket: HclBlock): Fact {
  const acl = publicAcl(view, bucket);
  if (acl !== undefined) return acl;
  const policy = publicPolicy(view, bucket);
  if (policy !== undefined)
    return { ...fact(bucket, 'private', 'no', 'is open to everybody by its policy'), origin: policy };
  return fact(bucket, 'private', 'unknown', 'has no public access block, and only newer buckets have it by default');
}

/** An ACL that lets everybody in, by one word or by a grant. */
function publicAcl(view: PlatformView, bucket: HclBlock): Fact | undefined {
  const found = companion(view, 'aws_s3_bucket_acl', bucket);
  const own = found === 'open' ? undefined : found;
  const acl = own?.attributes['acl'] ?? bucket.attributes['acl'];
  const open = (what: string, origin: Fact['origin']): Fact => ({
    ...fact(bucket, 'private', 'no', `is open to everybody by its ACL, ${what}`),
    origin,
  });
  if (typeof acl?.literal === 'string' && /^(?:public-|authenticated-read$)/.test(acl.literal))
    return open(acl.literal, acl.origin);
  const grants = (own === undefined ? [] : blocksIn(own, 'access_control_policy')).flatMap((policy) =>
    blocksIn(policy, 'grant').flatMap((grant) => blocksIn(grant, 'grantee')),
  );
  const uri = [...grants, ...blocksIn(bucket, 'grant')]
    .flatMap(({ attributes }) => attributes['uri'] ?? [])
    .find(
      ({ literal }) =>
        typeof literal === 'string' && /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/.test(literal),
    );
  return uri === undefined ? undefined : open(`which grants ${String(uri.literal)}`, uri.origin);
}

function blocksIn({ blocks }: HclBlock, type: string): HclBlock[] {
  return blocks.filter((block) => block.type === type);
}

function versioning(view: PlatformView, bucket: HclBlock): Fact {
  const found = companion(view, 'aws_s3_bucket_versioning', bucket);
  if (found === 'open')
    return fact(bucket, 'versioned', 'unknown', 'may have a versioning whose bucket is not written here');
  const old = nested(bucket, 'versioning')?.attributes['enabled'];
  const status = found && nested(found, 'versioning_configuration')?.attributes['status'];
  const value = status ?? old;
  if (value === undefined)
    return hasDynamic(found ?? bucket, found === undefined ? 'versioning' : 'versioning_configuration')
      ? fact(bucket, 'versioned', 'unknown', 'is versioned under a condition', found)
      : { ...fact(bucket, 'versioned', 'no', 'keeps no versions', found), absent: true };
  if (value.literal === 'Enabled' || value.literal === true)
    return fact(bucket, 'versioned', 'yes', 'keeps versions', found);
  return value.literal === undefined
    ? fact(bucket, 'versioned', 'unknown', `takes its versioning from ${value.text.trim()}`, found)
    : fact(bucket, 'versioned', 'no', `has versioning ${String(value.literal)}`, found);
}
