import { z } from 'zod';
import type { AnyControl } from '../model/control.ts';
import { inputDigest, type Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { subjectId, type Subject } from '../model/control.ts';
import { oncePer } from '../model/once.ts';
import type { PlatformFacts } from '../model/platform.ts';
import type { ParamOrigin } from '../model/report.ts';
import { mistakesOf } from './spec/mistakes.ts';
import { nearest } from './spec/suggest.ts';

type RawParams = Readonly<Record<string, unknown>>;

/** Floors that the policy sets, by control id. */
export type PolicyFloors = Readonly<Record<string, RawParams>>;

/** Params of one control for one subject, with where each value came from. */
export interface ResolvedParams {
  readonly values: unknown;
  /** Of the values. */
  readonly digest: Digest;
  readonly origins: Readonly<Record<string, ParamOrigin>>;
}

/**
 * Resolves default -> policy floor -> platform -> environment -> subject; the last one that speaks wins. Whether a value
 * below the floor is allowed is the gate's question: it sees value and origin. Subject-level params are written under
 * `CONTROL@SUBJECT`, for instance `disruption-budget@service/api`.
 */
export function resolveParams(
  control: AnyControl,
  subject: Subject,
  facts: PlatformFacts,
  floors: PolicyFloors,
): ResolvedParams {
  const id = control.meta.id;
  const own = facts.spec.params[`${id}@${subjectId(subject)}`];
  if (own !== undefined) return resolveLayers(control, facts, floors, own);
  const shared = sharedParams(facts);
  const known = shared.get(control);
  if (known !== undefined && known.floors === floors) return known.resolved;
  const resolved = resolveLayers(control, facts, floors, undefined);
  shared.set(control, { floors, resolved });
  return resolved;
}

/** By control, for the subjects that have no params of their own: most. */
const sharedParams = oncePer(
  (_facts: PlatformFacts) =>
    new Map<AnyControl, { readonly floors: PolicyFloors; readonly resolved: ResolvedParams }>(),
);

/** A parser of its own is made for a schema that is used often. Here each is used once. */
const PARSED_ONCE = { jitless: true } as const;

function resolveLayers(
  control: AnyControl,
  facts: PlatformFacts,
  floors: PolicyFloors,
  own: RawParams | undefined,
): ResolvedParams {
  const id = control.meta.id;
  const layers: [ParamOrigin['from'], RawParams | undefined][] = [
    ['policy', floors[id]],
    ['platform', facts.spec.params[id]],
    ['environment', facts.environment.params?.[id]],
    ['subject', own],
  ];
  const merged: Record<string, unknown> = {};
  const from = new Map<string, ParamOrigin['from']>();
  for (const [layer, values] of layers) {
    for (const [key, value] of Object.entries(values ?? {})) {
      merged[key] = value;
      from.set(key, layer);
    }
  }
  const parsed = control.params.safeParse(merged, PARSED_ONCE);
  if (!parsed.success) {
    const mistakes = mistakesOf(parsed.error.issues, merged, {});
    const said = mistakes.map(({ pointer, message }) => `${pointer.join('.')}: ${message}`);
    throw new LaunchgateError('spec-invalid', `params of ${id}: ${said.join('; ')}`, {
      next: `Run "launchgate controls ${id}" for its params and their meaning.`,
    });
  }
  const values = parsed.data as Readonly<Record<string, unknown>>;
  // Of a floor that the control does not have the gate says so itself.
  const strange = [...from].find(([key, layer]) => layer !== 'policy' && !Object.hasOwn(values, key));
  if (strange !== undefined) throw unknownParam(id, strange[0], control.params);
  const origins = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { value, from: from.get(key) ?? ('default' as const) }]),
  );
  return { values, digest: inputDigest(values), origins };
}

/** The names of the params that a control has. */
export function paramNames(params: z.ZodType): string[] {
  return params instanceof z.ZodObject ? Object.keys(params.shape) : [];
}

/** A mistyped name would leave the default in force, and nobody would notice. */
function unknownParam(id: string, name: string, params: z.ZodType): LaunchgateError {
  const known = paramNames(params);
  const close = nearest(name, known);
  return new LaunchgateError('spec-invalid', `params of ${id}: it has no param ${JSON.stringify(name)}`, {
    next:
      known.length === 0
        ? 'It has none: take it out.'
        : close === undefined
          ? `Name one of ${known.join(', ')}.`
          : `Did you mean ${close}?`,
  });
}
