import type { HclBlock } from '../../model/document.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { configurationsOf } from './platform.ts';

const evaluatedBlocks = oncePerPlatform((view: PlatformView) => {
  const known = new Map<string, readonly HclBlock[]>();
  return (mode: 'managed' | 'data', type: string): readonly HclBlock[] => {
    const key = `${mode} ${type}`;
    const found =
      known.get(key) ??
      configurationsOf(view).flatMap((configuration) =>
        configuration
          .of(type)
          .filter((resource) => resource.mode === mode)
          .map((resource) => resource.asBlock()),
      );
    known.set(key, found);
    return found;
  };
});

/**
 * The resources of a type as blocks: one for each instance, its attributes evaluated, its dynamic blocks expanded. What is not known
 * has no literal and keeps its text. Class `terraform`.
 */
export function resourceBlocks(view: PlatformView, type: string): readonly HclBlock[] {
  return evaluatedBlocks(view)('managed', type);
}

/** As {@link resourceBlocks}, for data sources. */
export function dataBlocks(view: PlatformView, type: string): readonly HclBlock[] {
  return evaluatedBlocks(view)('data', type);
}
