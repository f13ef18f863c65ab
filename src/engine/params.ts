import type { AnyControl } from '../model/control.ts';
import { inputDigest, type Digest } from '../model/digest.ts';
import { subjectId, type Subject } from '../model/control.ts';
import { oncePer } from '../model/once.ts';
import type { Origin, Pointer } from '../model/origin.ts';
import type { PlatformFacts } from '../model/platform.ts';
import type { ParamOrigin } from '../model/report.ts';
import { paramMistakes, strangeParams, valueMistakes } from './param-mistakes.ts';

type RawParams = Readonly<Record<string, unknown>>;

/** Params of one subject alone, with the key under which the spec has them. */
interface OwnParams {
  readonly key: string;
  readonly values: RawParams;
}

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
 * `CONTROL@SUBJECT`, for instance `disruption-budget@service/api`. Throws {@link ParamMistakes}.
 */
export function resolveParams(
  control: AnyControl,
  subject: Subject,
  facts: PlatformFacts,
  floors: PolicyFloors,
): ResolvedParams {
  const id = control.meta.id;
  const key = `${id}@${subjectId(subject)}`;
  const own = facts.spec.params[key];
  if (own !== undefined) return resolveLayers(control, facts, floors, { key, values: own });
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

/** Params of one source, with the pointer under which the spec has them; the policy's are not in the spec. */
interface Layer {
  readonly from: ParamOrigin['from'];
  readonly values: RawParams | undefined;
  readonly pointer?: Pointer;
}

function layersOf(id: string, facts: PlatformFacts, floors: PolicyFloors, own: OwnParams | undefined): Layer[] {
  const { spec, environment } = facts;
  // What stands for the lab has another name and the same params.
  const index = spec.environments.findIndex(({ params }) => params !== undefined && params === environment.params);
  return [
    { from: 'policy', values: floors[id] },
    { from: 'platform', values: spec.params[id], pointer: ['params', id] },
    {
      from: 'environment',
      values: environment.params?.[id],
      ...(index < 0 ? {} : { pointer: ['environments', index, 'params', id] }),
    },
    { from: 'subject', values: own?.values, pointer: ['params', own?.key ?? ''] },
  ];
}

function resolveLayers(
  control: AnyControl,
  facts: PlatformFacts,
  floors: PolicyFloors,
  own: OwnParams | undefined,
): ResolvedParams {
  const id = control.meta.id;
  const merged: Record<string, unknown> = {};
  const from = new Map<string, Layer>();
  for (const layer of layersOf(id, facts, floors, own)) {
    for (const [key, value] of Object.entries(layer.values ?? {})) {
      merged[key] = value;
      from.set(key, layer);
    }
  }
  const parsed = control.params.safeParse(merged, PARSED_ONCE);
  // Of a floor that the control does not have the gate says so itself.
  const written = [...from].filter(([, layer]) => layer.from !== 'policy').map(([key]) => key);
  const strange = strangeParams(control.params, written);
  if (!parsed.success || strange.length > 0) {
    const mistakes = parsed.success ? [] : valueMistakes(control.params, merged, parsed.error);
    throw paramMistakes(id, mistakes, strange, ([key, ...rest]) => originOf(facts, from.get(String(key)), key, rest));
  }
  const values = parsed.data as Readonly<Record<string, unknown>>;
  const origins = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { value, from: from.get(key)?.from ?? ('default' as const) }]),
  );
  return { values, digest: inputDigest(values), origins };
}

function originOf(
  { specPath }: PlatformFacts,
  layer: Layer | undefined,
  key: string | number | undefined,
  rest: Pointer,
): Origin | undefined {
  if (specPath === undefined || layer?.pointer === undefined || key === undefined) return undefined;
  return { path: specPath, document: 0, pointer: [...layer.pointer, key, ...rest] };
}
