/** How a target is found again by a process that has the journal alone. */
import { z } from 'zod';
import { LaunchgateError } from '../../model/errors.ts';
import { loadSpecFile, openLab } from '../lab/open.ts';
import { environmentTarget } from '../targets/environment/index.ts';
import { readSettings } from '../targets/environment/settings.ts';
import { labTarget } from '../targets/lab/index.ts';
import type { Target } from '../target.ts';

export const placeSchema = z.union([
  z.strictObject({ lab: z.string() }),
  /** `spec`: path of the launchgate.yaml. Its settings are named by the same variable as when the drill was run. */
  z.strictObject({ environment: z.string(), identity: z.string(), spec: z.string(), settings: z.string() }),
]);

export type Place = z.infer<typeof placeSchema>;

/** Throws where it is gone, or cannot be reached from here. */
export async function reopen(place: Place): Promise<Target> {
  if ('lab' in place) {
    const open = await openLab(place.lab);
    if (open === undefined) throw new LaunchgateError('not-found', `there is no lab in ${place.lab} any more`);
    return labTarget(open);
  }
  const { environment, identity, spec, settings } = place;
  return environmentTarget(
    environment,
    identity,
    await loadSpecFile(spec),
    readSettings(environment, settings, process.env),
  );
}
