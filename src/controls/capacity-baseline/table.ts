import type { Finding } from '../../model/result.ts';
import { count, show } from '../../proofs/capacity/figure.ts';
import { growthFactor, replicasAsked } from '../../proofs/capacity/load/sizing.ts';
import type { Sizing } from './input.ts';
import type { Params } from './params.ts';

/** Layers that run here with fewer replicas, at their most, than the sizing table asks for under the declared load. */
export function sizingFindings({ layers, share }: Sizing, { sizing, step, growth, zones }: Params): Finding[] {
  const peaks = layers.flatMap(({ part }) => (part?.unit === 'requests/s' ? [part.peak] : []));
  const load = Math.max(step, ...peaks);
  const factor = growthFactor(load, step, growth);
  return layers.flatMap(({ id, kind, replicas, ephemeral }) => {
    const row = sizing.find(({ kinds }) => kinds.includes(kind));
    if (row === undefined || replicas === undefined || ephemeral) return [];
    const asked = replicasAsked(row, { zones, factor, share: Math.min(1, share) });
    if (replicas.most >= asked) return [];
    const base = `${row.replicas}${row.perZone ? ` in each of ${zones} zones` : ''}`;
    const part = row.grows && share < 1 ? ` x ${show(share)} of the load` : '';
    const grown = row.grows && factor > 1 ? ` x ${factor} for ${show(load)} requests/s` : '';
    return [
      {
        message: `${id} has at most ${count(replicas.most, 'replica')} (${replicas.setBy}), and the sizing of layer ${row.layer} asks for ${base}${grown}${part}${base === String(asked) ? '' : ` = ${asked}`}`,
        severity: 'medium' as const,
        remediation: `Let ${id} run ${asked} replicas, or change the sizing table in the params if its reasons do not hold here.`,
      },
    ];
  });
}
