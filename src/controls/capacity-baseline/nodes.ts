import type { Finding } from '../../model/result.ts';
import { isKnown, type Unknown } from '../../proofs/capacity/figure.ts';
import { fitPods, type Fit } from '../../proofs/capacity/nodes/fit.ts';
import type { PodDemand } from '../../proofs/capacity/nodes/types.ts';
import type { Sizing } from './input.ts';

export interface NodeFit {
  readonly findings: readonly Finding[];
  readonly open: readonly string[];
  readonly fit?: Fit;
}

/** Whether the pods at their most fit on the most nodes. What is proven too much is so with any pods that are not counted, too. */
export function judgeFit({ pools, demands }: Sizing): NodeFit {
  if (pools.length === 0)
    return {
      findings: [],
      open: ['on which nodes the pods run is not known: describe them under environments[].nodePools'],
    };
  const known = demands.filter(isKnown<PodDemand>);
  const fit = fitPods(pools, known);
  if (fit.answer === 'short') return { findings: [finding(fit)], open: [], fit };
  const uncounted = demands.find((demand): demand is Unknown => !isKnown<PodDemand>(demand));
  const open = fit.answer === 'unknown' ? fit.open : uncounted;
  return { findings: [], open: open === undefined ? [] : [`not known is ${open.unknown}. ${open.declare}`], fit };
}

function finding(fit: Extract<Fit, { answer: 'short' }>): Finding {
  const [pool] = fit.pools;
  const largest = [...fit.pods].sort((a, b) => b.pods * b.each.cpu - a.pods * a.each.cpu).slice(0, 3);
  const steps = largest.map(({ id, pods, each }) => ({
    action: `${id} runs ${pods} pods of ${each.cpu} m CPU and ${Math.round(each.memory / 1024 ** 2)} MiB`,
    state: `${(pods * each.cpu) / 1000} cores, ${Math.round((pods * each.memory) / 1024 ** 3)} GiB`,
  }));
  return {
    message: `the nodes have no room for what may run: ${fit.because}`,
    severity: 'high',
    counterExample: [
      ...steps,
      { action: 'autoscalers and rollouts ask for all of it at once', state: 'the rest stays Pending' },
    ],
    remediation: 'Allow the pool more or larger nodes, or lower requests or autoscaler maxima.',
    ...(pool?.origin !== undefined && { origin: pool.origin }),
  };
}

/** `needs 9 to 11 of 18 nodes`, by pool: no packing does with fewer, and one does with the other number. */
export function usesText({ fit }: NodeFit): Record<string, string> {
  if (fit?.answer !== 'fits') return {};
  return Object.fromEntries(
    fit.pools
      .filter(({ pool }) => pool.elastic !== true)
      .map(({ pool, atLeast, enough }) => [
        `nodes ${pool.name}`,
        `${atLeast === enough ? enough : `${atLeast} (sum) to ${enough} (first-fit packing)`} of ${pool.max} at the worst moment`,
      ]),
  );
}
