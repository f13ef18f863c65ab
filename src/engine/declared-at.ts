import type { ControlMeta, Subject } from '../model/control.ts';
import type { Origin, Pointer } from '../model/origin.ts';
import type { Spec } from '../model/spec.ts';

/** Lists of the spec that declare a kind of subject by name. */
const LISTS = {
  service: 'services',
  store: 'stores',
  environment: 'environments',
  credential: 'credentials',
  slo: 'slos',
} as const;

/**
 * Where the spec speaks of a subject: its declaration, or the section that the control is about. What a finding about something
 * that is nowhere falls back to; `undefined` where the spec does not declare it.
 */
export function declaredAt(spec: Spec, path: string, subject: Subject, meta: ControlMeta): Origin | undefined {
  const pointer = sectionOf(meta) ?? declarationOf(spec, subject);
  return pointer === undefined ? undefined : { path, document: 0, pointer };
}

function sectionOf({ section }: ControlMeta): Pointer | undefined {
  return section === undefined ? undefined : [section];
}

function declarationOf(spec: Spec, { kind, name }: Subject): Pointer | undefined {
  if (!(kind in LISTS)) return undefined;
  const list = LISTS[kind as keyof typeof LISTS];
  const at = spec[list].findIndex((one) => one.name === name);
  return at < 0 ? undefined : [list, at];
}
