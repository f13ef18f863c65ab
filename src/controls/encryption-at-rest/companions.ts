import type { HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';

/** The companion of a bucket: `open` when one exists whose bucket is not written here and which may be this one's. */
export function companion(view: PlatformView, type: string, bucket: HclBlock): HclBlock | 'open' | undefined {
  const candidates = view.terraform('resource', type);
  const own = candidates.find((block) => block.module === bucket.module && belongs(block, bucket));
  if (own !== undefined) return own;
  return candidates.some((block) => isUnresolved(block)) ? 'open' : undefined;
}

function belongs(block: HclBlock, bucket: HclBlock): boolean {
  const reference = new RegExp(`\\baws_s3_bucket\\.${bucket.labels[1] ?? ''}(?![\\w-])`);
  const target = block.attributes['bucket'];
  if (target === undefined) return false;
  const name = bucket.attributes['bucket']?.literal;
  if (target.literal !== undefined) return target.literal === name && typeof name === 'string';
  const each = /\beach\./.test(target.text) ? (block.attributes['for_each']?.text ?? '') : '';
  return reference.test(target.text) || reference.test(each);
}

/** Its bucket is a variable, a local value or the output of something else. */
function isUnresolved(block: HclBlock): boolean {
  const target = block.attributes['bucket'];
  if (target === undefined || target.literal !== undefined || /\baws_s3_bucket\./.test(target.text)) return false;
  return !/\baws_s3_bucket\./.test(block.attributes['for_each']?.text ?? '');
}
