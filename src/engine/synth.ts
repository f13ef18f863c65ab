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

/** A subject for which a control writes nothing, or not everything, and why. */
export interface Withheld {
  readonly control: string;
  readonly subject: string;
  readonly reason: string;
}

/** The patches of one control for every subject whose check fails now. */
export function patchesOf(facts: PlatformFacts, control: AnyControl, floors: PolicyFloors = {}): SynthesizedPatch[] {
  return synthesisOf(facts, control, floors).patches;
}

/** The same, with what is left to be done by hand. */
export function synthesisOf(
  facts: PlatformFacts,
  control: AnyControl,
  floors: PolicyFloors = {},
): { readonly patches: SynthesizedPatch[]; readonly withheld: Withheld[] } {
  const patches: SynthesizedPatch[] = [];
  const withheld: Withheld[] = [];
  if (control.synth === undefined) return { patches, withheld };
  const view = viewFor(indexPlatform(facts), control.meta.reads);
  const failing = runControls(facts, [control], floors).conclusions.filter(
    (conclusion) => conclusion.result.outcome === 'fail',
  );
  for (const { subject } of failing) {
    const params = resolveParams(control, subject, facts, floors).values;
    const input = control.inputs(subject)(view);
    const about = { control: control.meta.id, subject: subjectId(subject) };
    for (const patch of control.synth(subject, input, params)) patches.push({ ...about, patch });
    const reason = control.withheld?.(subject, input, params);
    if (reason !== undefined) withheld.push({ ...about, reason });
  }
  return { patches, withheld };
}
