import type { HclBlock } from '../../model/document.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { configurationsOf } from './platform.ts';

const evaluatedBlocks = oncePerPlatform((view: PlatformView) => {
  const known = new Map<string, readonly HclBlock[]>();
  return (type: string): readonly HclBlock[] => {
    const found =
      known.get(type) ??
      configurationsOf(view).flatMap((configuration) =>
        configuration
          .of(type)
          .filter(({ mode }) => mode === 'managed')
          .map((resource) => resource.asBlock()),
      );
    known.set(type, found);
    return found;
  };
});

/**
 * The resources of a type as blocks: one for each instance, its attributes evaluated, its dynamic blocks expanded. What is not known
 * has no literal and keeps its text. Class `terraform`.
 */
export function resourceBlocks(view: PlatformView, type: string): readonly HclBlock[] {
  return evaluatedBlocks(view)(type);
}
