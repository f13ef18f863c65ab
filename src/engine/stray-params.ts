import { subjectId, subjectOf, type AnyControl, type Subject } from '../model/control.ts';
import type { PlatformFacts } from '../model/platform.ts';
import { ParamMistakes } from './param-mistakes.ts';
import { resolveParams, type PolicyFloors } from './params.ts';
import { namedSubjects, unbound, type Conclusion } from './run.ts';
import { nearest } from './spec/suggest.ts';

/** Params that are set for a subject which their control does not have here, in words: it was mistyped, or is one of another environment. */
export function strayParams(facts: PlatformFacts, controls: readonly AnyControl[]): string[] {
  return Object.keys(facts.spec.params).flatMap((key) => {
    const [, id, subject] = /^([^@]+)@(.*)$/s.exec(key) ?? [];
    const control = controls.find(({ meta }) => meta.id === id);
    if (control === undefined || subject === undefined) return [];
    const own = namedSubjects(facts, [control]).map((one) => subjectId(one.subject));
    if (own.includes(subject)) return [];
    const close = nearest(subject, own);
    const hint = close === undefined ? '' : `; did you mean ${close}?`;
    return [`params ${key} apply to nothing: ${id} has no subject ${subject} in ${facts.environment.name}${hint}`];
  });
}

/**
 * Params that do not fit a control which concluded nothing that says so: it has no check, or no subject here. Nobody would learn of them before a drill or
 * a gate does.
 */
export function unjudgedParams(
  facts: PlatformFacts,
  controls: readonly AnyControl[],
  conclusions: readonly Conclusion[],
  floors: PolicyFloors = {},
): Conclusion[] {
  const told = new Set(
    conclusions.filter(({ result }) => result.outcome === 'error').map(({ control }) => control.meta.id),
  );
  return controls.flatMap((control) => {
    const cause = told.has(control.meta.id) ? undefined : mistakesIn(control, facts, floors);
    return cause === undefined ? [] : [unbound(control, cause.subject, { outcome: 'error', cause: cause.mistakes })];
  });
}

function mistakesIn(
  control: AnyControl,
  facts: PlatformFacts,
  floors: PolicyFloors,
): { readonly subject: Subject; readonly mistakes: ParamMistakes } | undefined {
  const { id } = control.meta;
  const own = Object.keys(facts.spec.params).filter((key) => key.startsWith(`${id}@`));
  const isSpoken =
    own.length > 0 || facts.spec.params[id] !== undefined || facts.environment.params?.[id] !== undefined;
  if (!isSpoken) return undefined;
  const environment: Subject = { kind: 'environment', name: facts.environment.name };
  for (const subject of [environment, ...own.map((key) => subjectOf(key.slice(id.length + 1)))]) {
    try {
      resolveParams(control, subject, facts, floors);
    } catch (mistakes) {
      if (mistakes instanceof ParamMistakes) return { subject, mistakes };
      throw mistakes;
    }
  }
  return undefined;
}
