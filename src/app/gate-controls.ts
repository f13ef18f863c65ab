import type { GateControl } from '../gate/input.ts';
import type { AnyControl, ControlMeta, Half } from '../model/control.ts';
import type { CustomControlSpec, Spec } from '../model/spec.ts';
import { acceptCustom } from './custom-control.ts';

/** Params of a control for a subject, as the engine resolved them. */
export type ParamsFor = (control: string, subject: string) => unknown;

/** Every control as the gate knows it: the built ones, those still to come, and the user's own. */
export function gateControls(
  catalog: readonly ControlMeta[],
  built: readonly AnyControl[],
  spec: Spec,
  paramsFor: ParamsFor,
): GateControl[] {
  const byId = new Map(built.map((control) => [control.meta.id, control]));
  return [
    ...catalog.map((meta) => catalogControl(meta, byId.get(meta.id), (subject) => paramsFor(meta.id, subject))),
    ...spec.controls.map(customControl),
  ];
}

/** A control of the catalog as the gate knows it; without the built one, one that is still to come. */
export function catalogControl(
  meta: ControlMeta,
  control: AnyControl | undefined,
  paramsFor: (subject: string) => unknown,
): GateControl {
  if (control === undefined) return { meta, built: [] };
  const halves: Half[] = (['check', 'drill', 'accept'] as const).filter((half) => control[half] !== undefined);
  const accept = control.accept?.bind(control);
  if (accept === undefined) return { meta, built: halves };
  return { meta, built: halves, accept: (subject, evidence, at) => accept(evidence, paramsFor(subject), at) };
}

/** A control of the user's own: proved by fresh evidence of the predicate it names. */
export function customControl(custom: CustomControlSpec): GateControl {
  const meta: ControlMeta = {
    id: custom.id,
    title: custom.title,
    statement: custom.statement,
    area: 'operations',
    stage: custom.stage,
    launch: custom.launch,
    sources: custom.sources,
    halves: ['accept'],
    reads: ['spec'],
    severity: 'medium',
    about: 'people',
    waivable: true,
    version: 1,
  };
  return { meta, built: ['accept'], accept: (_subject, evidence, at) => acceptCustom(custom, evidence, at) };
}
