import type { Patch, Subject } from '../../model/control.ts';
import { below } from '../../model/origin.ts';
import { assessDrain, type DrainInput } from '../../proofs/drain/index.ts';
import { delaysOf, findingsFor, type Params } from './check.ts';
import type { StreamDrain, StreamDrains } from './input.ts';

/** A preStop that waits for proxies, and a grace period that covers everything, where nothing else is left to mend. */
export function synth(_subject: Subject, { workloads, declared }: StreamDrains, params: Params): Patch[] {
  if (!declared) return [];
  const repairs = workloads.map((one) => repair(one, params));
  return repairs.every((patches) => patches !== undefined) ? repairs.flat() : [];
}

function repair(one: StreamDrain, params: Params): Patch[] | undefined {
  const delays = delaysOf(params);
  const { drain } = one;
  if (findingsFor(one, assessDrain(drain, delays)).length === 0) return [];
  const wait = Math.max(delays.propagation, drain.balancers.length > 0 ? delays.balancer : 0);
  const waiting = withPreStop(drain, wait);
  const { needed } = assessDrain(waiting, delays);
  const grace = { ...waiting.grace, seconds: Math.max(waiting.grace.seconds, needed ?? 0) };
  const mended = { ...waiting, grace };
  if (findingsFor({ ...one, drain: mended }, assessDrain(mended, delays)).length > 0) return undefined;
  const { origin } = grace;
  const longer: Patch[] =
    grace.seconds === drain.grace.seconds || origin === undefined
      ? []
      : [
          {
            op: 'set',
            origin,
            value: grace.seconds,
            reason: `${drain.id} gives its sessions ${drain.window.seconds} s to end`,
          },
        ];
  return [...(waiting === drain ? [] : [sleep(waiting, wait)]), ...longer];
}

function withPreStop(input: DrainInput, seconds: number): DrainInput {
  const { container, own } = input;
  const { preStop } = container;
  const enough = preStop.kind === 'sleep' && (preStop.seconds >= seconds || !preStop.native);
  if (own !== undefined || preStop.kind === 'other' || enough) return input;
  return {
    ...input,
    container: { ...container, preStop: { kind: 'sleep', native: true, seconds, origin: container.origin } },
  };
}

function sleep({ id, container }: DrainInput, value: number): Patch {
  const origin = below(container.origin, 'lifecycle', 'preStop', 'sleep', 'seconds');
  return { op: 'set', origin, value, reason: `${id} answers until proxies have taken its pod out` };
}
