/** How a target is found again by a process that has the journal alone. */
import { z } from 'zod';
import { LaunchgateError } from '../../model/errors.ts';
import type { Target } from '../target.ts';

export const placeSchema = z.union([
  z.strictObject({ lab: z.string() }),
  /** `spec`: path of the launchgate.yaml. Its settings are named by the same variable as when the drill was run. */
  z.strictObject({ environment: z.string(), identity: z.string(), spec: z.string(), settings: z.string() }),
]);

export type Place = z.infer<typeof placeSchema>;

/** Throws where it is gone, or cannot be reached from here. What reaches it is loaded then only: undo kinds are part of every target. */
export async function reopen(place: Place): Promise<Target> {
  const { loadSpecFile, openLab } = await import('../lab/open.ts');
  if ('lab' in place) {
    const { labTarget } = await import('../targets/lab/index.ts');
    const open = await openLab(place.lab);
    if (open === undefined) throw new LaunchgateError('not-found', `there is no lab in ${place.lab} any more`);
    return labTarget(open);
  }
  const [{ environmentTarget }, { readSettings }] = await Promise.all([
    import('../targets/environment/index.ts'),
    import('../targets/environment/settings.ts'),
  ]);
  const { environment, identity, spec, settings } = place;
  return environmentTarget(
    environment,
    identity,
    await loadSpecFile(spec),
    readSettings(environment, settings, process.env),
  );
}
