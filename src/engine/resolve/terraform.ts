import type { Deployable, PlatformFacts } from '../../model/platform.ts';
import type { Discovery } from '../discover/index.ts';

/** The blocks of the Terraform roots among the deployables, and of the modules that they call. */
export function terraformOf(discovery: Discovery, deployables: readonly Deployable[]): PlatformFacts['terraform'] {
  const sources = new Set(deployables.filter(({ renderer }) => renderer === 'terraform').flatMap((one) => one.sources));
  return discovery.terraform.filter((block) => sources.has(block.origin.path));
}
