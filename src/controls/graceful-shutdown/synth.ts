import type { Patch, Subject } from '../../model/control.ts';
import { below, type Origin } from '../../model/origin.ts';
import { assessDrain, type DrainInput } from '../../proofs/drain/index.ts';
import { delaysOf, drainOf, findingsFor, type Params } from './check.ts';
import type { Shutdown } from './input.ts';

/** Lets pods answer until nobody asks and gives them the time that takes, and rollouts surge, where nothing else is left. */
export function synth(_subject: Subject, shutdowns: Shutdown[], params: Params): Patch[] {
  const repairs = shutdowns.map((one) => repair(one, params));
  return repairs.every((patches) => patches !== undefined) ? repairs.flat() : [];
}

function repair(one: Shutdown, params: Params): Patch[] | undefined {
  const delays = delaysOf(params);
  const before = drainOf(one, params);
  if (findingsFor(one, assessDrain(before, delays), params).length === 0) return [];
  const { loss, ...rest } = one;
  const waiting = withPreStop(before, Math.max(delays.propagation, before.balancers.length > 0 ? delays.balancer : 0));
  const { needed } = assessDrain(waiting, delays);
  const drain =
    needed === undefined || needed <= waiting.grace.seconds
      ? waiting
      : { ...waiting, grace: { ...waiting.grace, seconds: needed } };
  const mended = { ...rest, drain, assumed: false };
  if (findingsFor(mended, assessDrain(drain, delays), params).length > 0) return undefined;
  return [...stopPatches(before, drain), ...(loss === undefined || !params.surgeOnly ? [] : surgePatches(one))];
}

function withPreStop(input: DrainInput, seconds: number): DrainInput {
  const { container, receives, own } = input;
  const { preStop } = container;
  if (!receives || own !== undefined || preStop.kind === 'other') return input;
  if (preStop.kind === 'sleep' && (!preStop.native || preStop.seconds >= seconds)) return input;
  return {
    ...input,
    container: { ...container, preStop: { kind: 'sleep', native: true, seconds, origin: container.origin } },
  };
}

function stopPatches(before: DrainInput, after: DrainInput): Patch[] {
  const { container, grace, id } = after;
  const changed = container.preStop !== before.container.preStop && container.preStop.kind === 'sleep';
  const seconds = container.preStop.kind === 'sleep' ? container.preStop.seconds : 0;
  const sleep: Patch[] = changed
    ? [
        {
          op: 'set',
          origin: below(container.origin, 'lifecycle', 'preStop', 'sleep', 'seconds'),
          value: seconds,
          reason: `${id} answers until proxies have taken its pod out`,
        },
      ]
    : [];
  const longer: Patch[] =
    grace.seconds !== before.grace.seconds && grace.origin !== undefined
      ? [{ op: 'set', origin: grace.origin, value: grace.seconds, reason: `a pod of ${id} may end its open work` }]
      : [];
  return [...sleep, ...longer];
}

function surgePatches({ workload }: Shutdown): Patch[] {
  if (workload.kind !== 'Deployment' || workload.origin === undefined || workload.strategy.type === 'Recreate')
    return [];
  const at: Origin = below(workload.origin, 'spec', 'strategy', 'rollingUpdate');
  const reason = `a rollout of ${workload.id} takes no ready pod away`;
  const set = (field: string, value: number): Patch => ({ op: 'set', origin: below(at, field), value, reason });
  const surges = workload.strategy.maxSurge !== 0 && workload.strategy.maxSurge !== '0%';
  return [set('maxUnavailable', 0), ...(surges ? [] : [set('maxSurge', 1)])];
}
