import type { HclBlock } from '../../../model/document.ts';

/** Stands for a block that Terraform refuses: it makes nothing, and what it states lies in the repository all the same. */
export function refused(block: HclBlock): HclBlock {
  const { module, origin } = block;
  return { type: 'refused', labels: [], attributes: {}, blocks: [], module, written: [block], origin };
}
