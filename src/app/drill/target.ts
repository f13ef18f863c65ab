/** Opens what drills run on: the lab, or an environment of the spec that proves to be the one it is taken for. */
import { join } from 'node:path';
import { openLab } from '../../drills/lab/open.ts';
import { changedSources } from '../../drills/lab/sources.ts';
import { withWayBack } from '../../drills/file/way-back.ts';
import { labTarget } from '../../drills/targets/lab/index.ts';
import { isConfiguration } from '../../drills/targets/lab/backups/stores.ts';
import type { Target } from '../../drills/target.ts';
import { LaunchgateError } from '../../model/errors.ts';
import type { Spec } from '../../model/spec.ts';
import { labDirectory, policiesOf } from '../lab.ts';
import type { Project } from '../project.ts';
import type { LeftSubject } from './run.ts';

/** A target with what of the platform is not in it. */
export interface OpenTarget {
  readonly target: Target;
  readonly absent: readonly LeftSubject[];
}

/**
 * The lab that was started from this spec. Throws `not-found` where none runs, `usage` where it runs another version of the spec, or of the
 * rules and the routing beside it.
 */
export async function openLabTarget(project: Project, directory: string): Promise<OpenTarget> {
  const open = await openLab(directory);
  if (open === undefined || open.state.phase !== 'up')
    throw new LaunchgateError('not-found', `there is no running lab in ${directory}`, {
      next: 'Start it with "launchgate lab up", or name its folder with --directory.',
    });
  demandSameSources(project, open.plan.spec, directory);
  return {
    target: withWayBack(
      labTarget(open, () => policiesOf(project)),
      { lab: directory },
    ),
    absent: open.plan.left.filter(({ subject }) => !isConfiguration(open, subject.replace(/^store\//, ''))),
  };
}

/** Evidence is bound to the repository as it is now; a lab of an older one would prove something else. */
function demandSameSources({ root, spec }: Project, { exclude }: Spec, directory: string): void {
  const changed = changedSources(directory, { root, spec: join(root, spec ?? ''), exclude });
  if (changed.length === 0) return;
  throw new LaunchgateError(
    'usage',
    `the lab in ${directory} was started from another version: ${changed.join(', ')}`,
    {
      next: 'Start it again: "launchgate lab down", then "launchgate lab up".',
    },
  );
}

/** Where the lab of the project is, for `--target lab`. */
export function labFolder(cwd: string, platform: string | undefined, directory: string | undefined): string {
  return labDirectory({
    cwd,
    ...(platform === undefined ? {} : { platform }),
    ...(directory === undefined ? {} : { directory }),
  });
}
