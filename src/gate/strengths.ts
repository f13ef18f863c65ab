import { canonicalJson } from '../model/digest.ts';
import { parseDuration } from '../model/duration.ts';
import type { Spec, StoreSpec } from '../model/spec.ts';
import type { Strength } from './predicates.ts';

type Strengths = Record<string, Strength>;

/**
 * Every demand of the spec that can be loosened, with the direction that is stricter. What is not demanded is absent here,
 * so a demand that is dropped shows as gone.
 */
export function strengthsOf(spec: Spec): Strengths {
  const found: Strengths = {};
  const put = (name: string, value: number | string | undefined, stricter: Strength['stricter']) => {
    if (value !== undefined) found[name] = { value, stricter };
  };
  for (const store of spec.stores) Object.assign(found, storeStrengths(store));
  for (const slo of spec.slos) {
    put(`slo/${slo.name} objective`, slo.objective, 'higher');
    put(`slo/${slo.name} threshold`, secondsOf(slo.threshold), 'lower');
    put(`slo/${slo.name} window`, secondsOf(slo.window), 'same');
    put(`slo/${slo.name} indicator`, indicatorOf(slo), 'same');
  }
  for (const { from, to, port, protocol, encryption } of spec.flows ?? []) {
    const rank = ['none', 'tls', 'mtls'].indexOf(encryption ?? 'none');
    put(`flow ${from} -> ${to}:${port ?? 'any'}/${protocol} encryption`, rank, 'higher');
  }
  for (const { name, quorum } of spec.services) put(`service/${name} quorum`, quorum ?? 1, 'higher');
  for (const { subject, unit, peak } of peaksOf(spec)) put(`${subject} peak in ${unit}`, peak, 'higher');
  for (const { drill, every } of spec.drills) put(`drill ${drill} every`, secondsOf(every), 'lower');
  for (const { name, rotation } of spec.credentials) {
    put(`credential/${name} rotation every`, secondsOf(rotation?.every), 'lower');
  }
  for (const { name, allowedDifferences } of spec.environments) {
    put(`environment/${name} allowed differences`, listed(allowedDifferences.map(({ what }) => what)), 'same');
  }
  for (const { id, accept } of spec.controls) {
    put(`control/${id} proof`, accept.predicate, 'same');
    put(`control/${id} greatest age of its proof`, secondsOf(accept.maxAge), 'lower');
  }
  put('audit retention', secondsOf(spec.audit?.retention), 'higher');
  put('paths left out of the platform', listed(spec.exclude), 'same');
  return found;
}

/** What services and stores have to carry: a peak that is lowered makes the drill of the capacity easier. */
function peaksOf({ services, stores }: Spec): { subject: string; unit: string; peak: number }[] {
  const named = [
    ...services.map(({ name, capacity }) => ({ subject: `service/${name}`, capacity })),
    ...stores.map(({ name, capacity }) => ({ subject: `store/${name}`, capacity })),
  ];
  return named.flatMap(({ subject, capacity }) => (capacity === undefined ? [] : [{ subject, ...capacity }]));
}

function storeStrengths({ name, rpo, rto, quorum, backup, ephemeral, riskNote }: StoreSpec): Strengths {
  const demands: [string, number | string | undefined, Strength['stricter']][] = [
    ['holds data that must survive', ephemeral === undefined ? 1 : 0, 'higher'],
    ['takes no gap in restorability', riskNote === undefined ? 1 : 0, 'higher'],
    ['rpo', secondsOf(rpo), 'lower'],
    ['rto', secondsOf(rto), 'lower'],
    ['quorum', quorum, 'higher'],
    ['backup retention', secondsOf(backup?.retention), 'higher'],
    ['backup encryption', backup === undefined ? undefined : Number(backup.encrypted), 'higher'],
    ['backup schedule', backup?.schedule, 'same'],
  ];
  return Object.fromEntries(
    demands.flatMap(([what, value, stricter]) =>
      value === undefined ? [] : [[`store/${name} ${what}`, { value, stricter }] as const],
    ),
  );
}

/** What an objective is measured by: without it, an objective that nothing can miss reads like the one before. */
function indicatorOf({ service, kind, good, bad, total, histogram, measure }: Spec['slos'][number]): string {
  return canonicalJson({ service, kind, good, bad, total, histogram, measure });
}

function listed(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.toSorted().join(', ');
}

function secondsOf(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}
