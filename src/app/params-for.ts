import { bindFault, type Binding } from '../engine/bind.ts';
import type { PolicyFloors } from '../engine/params.ts';
import { subjectId, subjectOf, type AnyControl } from '../model/control.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { PlatformFacts } from '../model/platform.ts';
import type { FileTree } from '../model/world.ts';
import type { ParamsFor } from './gate-controls.ts';
import { withPlace } from './with-place.ts';

/**
 * The params of each control for each subject, as they were bound. Throws for any other subject: without its params a control would judge evidence
 * by none at all, and find nothing.
 */
export function paramsFor(
  facts: PlatformFacts,
  controls: readonly AnyControl[],
  bound: readonly Binding[],
  tree: FileTree,
  floors: PolicyFloors = {},
): ParamsFor {
  const values = new Map(bound.map((one) => [`${one.control.meta.id} ${subjectId(one.subject)}`, one.values]));
  return (id, subject) => {
    const key = `${id} ${subject}`;
    if (values.has(key)) return values.get(key);
    const control = controls.find(({ meta }) => meta.id === id);
    const cause = control === undefined ? undefined : bindFault(facts, control, subjectOf(subject), floors);
    if (cause instanceof Error) throw withPlace(cause, tree);
    throw new LaunchgateError('spec-invalid', `what ${id} reads of ${subject} could not be read`, {
      cause,
      next: 'Run "launchgate check" and mend what it could not read.',
    });
  };
}
