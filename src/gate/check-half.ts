import { canonicalJson } from '../model/digest.ts';
import { parseDuration } from '../model/duration.ts';
import type { Floor } from '../model/policy.ts';
import type { Judgement } from '../model/report.ts';
import type { GateControl } from './input.ts';
import type { HalfState } from './half-state.ts';

/** Judges the static half by what the engine found on the candidate just now. */
export function checkHalf({ meta }: GateControl, subject: string, judgement: Judgement | undefined): HalfState {
  const base = { half: 'check' as const, evidence: [] };
  if (judgement === undefined) {
    return {
      ...base,
      state: 'missing',
      because: `no check of ${subject} was made on the candidate`,
      next: `Run "launchgate check" and see why ${meta.id} did not judge ${subject}.`,
    };
  }
  const [first] = judgement.rows;
  const said = first === undefined ? '' : first.message;
  const more = judgement.rows.length > 1 ? ` (and ${judgement.rows.length - 1} more)` : '';
  switch (judgement.outcome) {
    case 'pass':
      return {
        ...base,
        state: 'satisfied',
        because: first?.witness?.summary ?? (said || 'the check passes'),
        next: '',
      };
    case 'fail':
      return {
        ...base,
        state: 'failed',
        because: `${said || 'the check fails'}${more}`,
        next: first?.remediation ?? `Mend what "launchgate check" reports for ${meta.id}.`,
      };
    case 'inconclusive':
      return {
        ...base,
        state: 'inconclusive',
        because: said || 'the check could not tell',
        next: first?.remediation ?? `Give ${meta.id} what it could not read.`,
      };
    case 'error':
      return {
        ...base,
        state: 'error',
        because: said || 'the check failed to run',
        next: `Report the error of ${meta.id}; until it is mended the gate stays closed.`,
      };
  }
}

/** A parameter that the platform set below what the policy allows, as a reason; `undefined` when none is. */
export function belowFloor(
  floors: Readonly<Record<string, Floor>> | undefined,
  origins: Judgement['paramOrigins'],
): string | undefined {
  if (floors === undefined) return undefined;
  for (const [param, floor] of Object.entries(floors)) {
    const origin = origins[param];
    if (origin === undefined) return `the policy sets a floor for ${param}, which the control does not have`;
    const broken = breach(floor, origin.value);
    if (broken !== undefined)
      return `${param} is ${show(origin.value)} (set by ${origin.from}), the policy wants ${broken}`;
  }
  return undefined;
}

function breach(floor: Floor, value: unknown): string | undefined {
  if ('exactly' in floor) {
    return canonicalJson(value ?? null) === canonicalJson(floor.exactly) ? undefined : `exactly ${show(floor.exactly)}`;
  }
  const [bound, word] = 'atLeast' in floor ? [floor.atLeast, 'at least'] : [floor.atMost, 'at most'];
  const [actual, limit] = [magnitude(value), magnitude(bound)];
  if (typeof value !== typeof bound) return `${word} ${show(bound)}`;
  const holds = actual !== undefined && limit !== undefined && ('atLeast' in floor ? actual >= limit : actual <= limit);
  return holds ? undefined : `${word} ${show(bound)}`;
}

/** A number, or the seconds of a duration. */
export function magnitude(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? parseDuration(value) : undefined;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
