import { literal, windowName } from './numbers.ts';
import type { Ratio } from './ratio.ts';
import type { Slo, Tier } from './types.ts';

/** What a reader should know of the rules of an SLO: lowered tiers, and traffic so low that one error pages. */
export function notesOf(slo: Slo, tiers: readonly Tier[], ratio: Ratio): string[] {
  return [...tiers.flatMap(noteOfTier), ...noteOfTraffic(slo, tiers, ratio)];
}

function noteOfTier({ name, factor, retiered }: Tier): string[] {
  if (retiered === undefined) return [];
  return [
    `${name} alerts at ${literal(factor)} instead of ${literal(retiered.from)} times the pace: ${retiered.because}`,
  ];
}

/** n events in the long window: one bad one is a ratio of 1/n, above the threshold while n < 1/threshold. */
function noteOfTraffic(slo: Slo, tiers: readonly Tier[], ratio: Ratio): string[] {
  if (slo.sli.kind === 'measure' || slo.sli.kind === 'slices') return [];
  return tiers
    .filter(({ name, threshold }) => name === 'page-quick' && threshold < REMARKABLE)
    .flatMap(({ long, threshold }) => {
      const events = Math.ceil(1 / threshold) - 1;
      const guarded = slo.minBadEvents !== undefined && slo.minBadEvents > 1 && ratio.badEvents !== undefined;
      if (guarded || events < 1) return [];
      return [
        `with ${events} events or fewer in ${windowName(long)} a single bad one pages: 1/${events} = ${literal(Number((1 / events).toPrecision(3)))} > ${literal(threshold)}`,
      ];
    });
}

/** Above this one event of two must be bad, and a single one says nothing about traffic. */
const REMARKABLE = 0.5;
