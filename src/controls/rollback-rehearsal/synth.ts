import type { Patch, Subject } from '../../model/control.ts';
import { check, type Params, type rollback } from './check.ts';

type Rollback = ReturnType<ReturnType<typeof rollback>>;

/** Keeps enough revisions. A runbook and an image to go back to are people's work: while either is missing there is no patch. */
export function synth(subject: Subject, input: Rollback, params: Params): Patch[] {
  const kept = input.kept.map(({ name, limit }) => ({ name, limit: { ...limit, value: params.revisions } }));
  if (check(subject, { ...input, kept }, params).outcome === 'fail') return [];
  return input.kept
    .filter(({ limit }) => limit.value < params.revisions)
    .map(({ name, limit }) => ({
      op: 'set',
      origin: limit.origin,
      value: params.revisions,
      reason: `${name} keeps ${params.revisions} revisions to go back to`,
    }));
}
