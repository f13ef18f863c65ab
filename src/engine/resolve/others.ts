import type { OtherEnvironment } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import { chosenEnvironment, inEnvironment } from '../discover/choose.ts';
import type { Discovery } from '../discover/index.ts';
import { mergeObjects } from './merge.ts';
import { placing, readable } from './readable.ts';
import { terraformOf } from './terraform.ts';
import { unjudged } from './unjudged.ts';

/** The environments beside the one that is looked at, each merged as it would be if it were. */
export function otherEnvironmentsOf(
  discovery: Discovery,
  derived: Spec,
  spec: Spec | undefined,
  current: string,
): OtherEnvironment[] {
  const place = placing(discovery);
  return derived.environments
    .filter(({ name }) => name !== current)
    .map((environment) => {
      const chosen = chosenEnvironment(discovery.deployables, spec, environment.name);
      const candidates = discovery.deployables.filter((deployable) => inEnvironment(deployable, chosen, spec));
      const merged = mergeObjects(candidates, discovery.rendered, spec === undefined);
      const read = readable(merged.objects, place);
      const own = new Set(merged.deployables.map(({ id }) => id));
      return {
        environment,
        deployables: merged.deployables,
        objects: read.objects,
        workloads: read.workloads,
        terraform: terraformOf(discovery, merged.deployables),
        gaps: [
          ...discovery.gaps.filter(({ deployable }) => deployable !== undefined && own.has(deployable)),
          ...merged.gaps,
          ...read.gaps,
          ...unjudged({ workloads: [], strangers: read.strangers }, new Map(), place),
          ...merged.deployables
            .filter(({ id, renderer }) => renderer !== 'terraform' && !discovery.rendered.has(id))
            .map(({ id, path }) => ({
              path,
              deployable: id,
              reason: 'it was not rendered, because another environment was asked for',
              fix: 'Discover the repository for all environments.',
              hides: ['kubernetes' as const],
            })),
        ],
      };
    });
}
