import type { HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

/** The companion of a bucket: `open` when one exists whose bucket is not known and which may be this one's. */
export function companion(view: PlatformView, type: string, bucket: HclBlock): HclBlock | 'open' | undefined {
  const candidates = resourceBlocks(view, type);
  const own = candidates.find((block) => belongs(block, bucket));
  if (own !== undefined) return own;
  return candidates.some((block) => isUnresolved(block)) ? 'open' : undefined;
}

/** By reference to the bucket, or by its name. */
function belongs(block: HclBlock, bucket: HclBlock): boolean {
  const target = block.attributes['bucket'];
  if (bucket.address !== undefined && target?.refersTo?.includes(bucket.address) === true) return true;
  const name = bucket.attributes['bucket']?.literal;
  return typeof name === 'string' && target?.literal === name;
}

/** Its bucket is a value that is not known, or the output of something that was not read. */
function isUnresolved(block: HclBlock): boolean {
  const target = block.attributes['bucket'];
  if (target === undefined || target.literal !== undefined) return false;
  return target.refersTo?.some((address) => /(?:^|\.)aws_s3_bucket\./.test(address)) !== true;
}
