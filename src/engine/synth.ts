import { subjectId, type AnyControl, type Patch } from '../model/control.ts';
import type { PlatformFacts } from '../model/platform.ts';
import { resolveParams, type PolicyFloors } from './params.ts';
import { runControls } from './run.ts';
import { indexPlatform, viewFor } from './view.ts';

/** A patch with the control and subject it is for. */
export interface SynthesizedPatch {
  readonly control: string;
  readonly subject: string;
  readonly patch: Patch;
}

/** The patches of one control for every subject whose check fails now. */
export function patchesOf(facts: PlatformFacts, control: AnyControl, floors: PolicyFloors = {}): SynthesizedPatch[] {
  if (control.synth === undefined) return [];
  const view = viewFor(indexPlatform(facts), control.meta.reads);
  const failing = runControls(facts, [control], floors).conclusions.filter(
    (conclusion) => conclusion.result.outcome === 'fail',
  );
  return failing.flatMap(({ subject }) => {
    const params = resolveParams(control, subject, facts, floors).values;
    const patches = control.synth?.(subject, control.inputs(subject)(view), params) ?? [];
    return patches.map((patch) => ({ control: control.meta.id, subject: subjectId(subject), patch }));
  });
}
