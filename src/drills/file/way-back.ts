/** Lets a drill in a file say itself how its faults are taken back: as activities, in the journal before they happen. */
import { offering } from '../targets/offered.ts';
import type { Capabilities } from '../../model/drill/capabilities.ts';
import type { Target, Use } from '../target.ts';
import type { Place } from './place.ts';

/** The target, offering `wayBack` beside what it offers. `place` is how a process that knows nothing else finds it again. */
export function withWayBack(target: Target, place: Place): Target {
  const own = offering(target.environment, {
    wayBack: (use: Use) => ({
      async note(what: string, activity: unknown, folder: string) {
        await use.undo.before({ kind: 'activity', data: { what, activity, place, folder } });
      },
    }),
  });
  return {
    ...target,
    offers: new Set([...target.offers, ...own.offers]),
    capabilities(use) {
      const [theirs, ours] = [target.capabilities(use), own.capabilities(use)];
      return new Proxy({} as Capabilities, {
        get: (_, name) => (name === 'wayBack' ? ours.wayBack : theirs[name as keyof Capabilities]),
      });
    },
  };
}
