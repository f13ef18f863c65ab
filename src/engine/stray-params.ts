import { subjectId, type AnyControl } from '../model/control.ts';
import type { PlatformFacts } from '../model/platform.ts';
import { namedSubjects } from './run.ts';
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
