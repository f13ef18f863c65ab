/** The layers whose load a drill can make, and what of it the target has to carry. */
import type { DrillSubject } from '../../model/drill/drill.ts';
import type { Spec } from '../../model/spec.ts';
import { askedRoutes } from '../../proofs/release/drill.ts';
import type { Layer, Sizing } from './input.ts';
import type { Params } from './params.ts';
import type { Context } from './ramp.ts';

export interface Wishes {
  readonly seconds: number;
  readonly steps: number;
}
export type Subject = DrillSubject<Sizing, Params>;

export interface Loaded extends Layer {
  readonly service: string;
  readonly part: NonNullable<Layer['part']>;
}

/** Services that declare their capacity in this unit, and that customers reach. */
export function loadedIn({ input }: Subject, spec: Spec, unit: 'requests/s' | 'sessions'): Loaded[] {
  return input.layers.flatMap((layer) => {
    const [kind, service = ''] = layer.id.split('/');
    const declared = spec.services.find(({ name }) => name === service);
    if (kind !== 'service' || declared === undefined || layer.part?.unit !== unit) return [];
    if (unit === 'requests/s' && !askedRoutes(declared).some(({ auth }) => auth === 'jwt')) return [];
    return [{ ...layer, service, part: layer.part }];
  });
}

/** How many replicas the target runs, of how many at the most: what the whole has to carry is divided among them. */
export function replicasHere(
  { target: { parts } }: Context,
  { service, replicas }: Pick<Loaded, 'service' | 'replicas'>,
): { readonly here: number; readonly most: number } {
  const here = parts.replicas(service).length;
  return { here, most: Math.max(replicas?.most ?? here, here, 1) };
}

/** What the replicas here have to carry: their share of the peak with headroom. */
export function wantedHere({ params }: Subject, peak: number, { here, most }: ReturnType<typeof replicasHere>): number {
  return (peak * (1 + params.headroom / 100) * here) / most;
}
