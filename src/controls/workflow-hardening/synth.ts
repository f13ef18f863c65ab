import type { Patch, Subject } from '../../model/control.ts';
import { check, type Params, type pipelines } from './check.ts';

type Input = ReturnType<ReturnType<typeof pipelines>>;

/**
 * States the least permissions for workflows that state none: reading the code, which a checkout needs. A job that writes will say so by
 * failing, and is then granted its scope. Pins, triggers and scripts are decisions: while any of them fails there is no patch.
 */
export function synth(subject: Subject, input: Input, params: Params): Patch[] {
  if (!params.permissions || check(subject, input, { ...params, permissions: false }).outcome === 'fail') return [];
  return input.workflows
    .filter(
      (workflow) =>
        workflow.permissions === undefined && workflow.jobs.some(({ permissions }) => permissions === undefined),
    )
    .map(({ path }) => ({
      op: 'set',
      origin: { path, document: 0, pointer: ['permissions'] },
      value: { contents: 'read' },
      reason: `${path} may read the code and nothing else`,
    }));
}
