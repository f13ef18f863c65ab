import type { GateControl } from '../gate/input.ts';
import type { AcceptableEvidence, AnyControl, ControlMeta, Half } from '../model/control.ts';
import { seconds } from '../model/duration.ts';
import { PREDICATE } from '../model/evidence.ts';
import { inconclusive, pass, type Result } from '../model/result.ts';
import type { CustomControlSpec, Spec } from '../model/spec.ts';

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
  return [...catalog.map((meta) => fromCatalog(meta, byId.get(meta.id), paramsFor)), ...spec.controls.map(fromSpec)];
}

function fromCatalog(meta: ControlMeta, control: AnyControl | undefined, paramsFor: ParamsFor): GateControl {
  if (control === undefined) return { meta, built: [] };
  const halves: Half[] = (['check', 'accept'] as const).filter((half) => control[half] !== undefined);
  const accept = control.accept?.bind(control);
  if (accept === undefined) return { meta, built: halves };
  return { meta, built: halves, accept: (subject, evidence, at) => accept(evidence, paramsFor(meta.id, subject), at) };
}

const CUSTOM_PREDICATE = {
  'sign-off': PREDICATE.signOff,
  attachment: PREDICATE.attachment,
  'test-result': PREDICATE.testResult,
  scan: PREDICATE.scan,
} as const;

/** A control of the user's own: proved by fresh evidence of the predicate it names. */
function fromSpec(custom: CustomControlSpec): GateControl {
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

function acceptCustom({ accept }: CustomControlSpec, evidence: readonly AcceptableEvidence[], at: Date): Result {
  const fitting = evidence.filter(({ predicateType }) => predicateType === CUSTOM_PREDICATE[accept.predicate]);
  const newest = fitting.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  if (newest === undefined) return inconclusive(`no ${accept.predicate} was given`);
  const age = (at.getTime() - newest.at.getTime()) / 1000;
  if (age > seconds(accept.maxAge))
    return inconclusive(`the newest ${accept.predicate} is older than ${accept.maxAge}`);
  if (accept.predicate === 'test-result') return testResult(newest);
  return pass(`${accept.predicate} ${newest.digest} of ${newest.at.toISOString()}`, { evidence: newest.digest });
}

function testResult({ predicate, digest }: AcceptableEvidence): Result {
  const result = (predicate as { result?: unknown } | null)?.result;
  if (result === 'PASSED') return pass(`test result ${digest}`, { evidence: digest });
  return inconclusive(`test result ${digest} says ${String(result)}`);
}
