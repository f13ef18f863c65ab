/** A release that goes forward, turns out bad, and is taken back, with customers at it all the while. */
import type { Step, StepContext } from '../../model/drill/drill.ts';
import type { RunningLoad } from '../../model/drill/load.ts';
import type { Spec } from '../../model/spec.ts';
import { pause } from '../../model/drill/until.ts';
import { replicasOf } from '../drilling/health.ts';
import { askedServices, customerRequests, demandServed, roll, seenOf, usualStatuses, type Seen } from './drill.ts';

export type ReleaseNeeds = 'edge' | 'people' | 'parts' | 'load';
type Context = StepContext<ReleaseNeeds>;

export interface ReleaseOptions {
  readonly spec: Spec;
  /** Whose replicas are replaced; the first public one by default. */
  readonly service?: string;
  readonly perSecond: number;
  /** Most replicas that are replaced. */
  readonly replicas: number;
  /** Share of the bad release's answers that fail. */
  readonly failing: number;
  /** Seconds of load on each of the releases. */
  readonly seconds: number;
  /** Longest from the decision to roll back until every replica is the earlier release, milliseconds. */
  readonly withinMs: number;
  /** Told what customers saw of the bad release, for a gate that would have had to stop it. */
  readonly onBad?: (context: Context, seen: Seen) => void;
}

/** A third of the failures that a share of them comes to: far above none, far below chance. */
const SEEN_SHARE = 1 / 3;
/** Rates count by client address: the load's are not the probes'. */
const LOAD_FROM = ['127.0.80.1', '127.0.80.2', '127.0.80.3', '127.0.80.4'];

/** Service whose release is rehearsed; `undefined` where no service answers customers over plain HTTP. */
export function releasedService({ spec, service }: Pick<ReleaseOptions, 'spec' | 'service'>): string | undefined {
  const asked = askedServices(spec, service).filter(({ kind }) => kind !== 'frontend');
  return asked.find(({ name }) => service === undefined || name === service)?.name;
}

/** The steps, in order. Each measures what customers saw of it. */
export function releaseSteps(service: string, options: ReleaseOptions): Step<ReleaseNeeds>[] {
  const { replicas: most, failing, seconds, withinMs } = options;
  const rollMs = 60_000 + Math.min(most, 50) * 90_000;
  return [
    {
      name: `roll ${service} forward`,
      kind: 'act',
      timeoutMs: rollMs,
      async run(context) {
        const { seen } = await underLoad(context, service, options, () => rolled(context, service, most));
        context.observe({
          name: 'requests that failed while it rolled forward',
          value: seen.failed,
          unit: 'requests',
          is: 0,
          detail: words(seen),
        });
      },
    },
    {
      name: `release a ${service} that is bad`,
      kind: 'fault',
      timeoutMs: rollMs,
      async run(context) {
        await rolled(context, service, most, failing);
        const { seen } = await underLoad(context, service, options, () => pause(seconds * 1000, context.signal));
        const share =
          most >= context.target.parts.replicas(service).length
            ? failing
            : failing / context.target.parts.replicas(service).length;
        context.observe({
          name: 'requests that failed on the bad release',
          value: (100 * seen.failed) / seen.sent,
          unit: '%',
          atLeast: 100 * share * SEEN_SHARE,
          detail: words(seen),
        });
        options.onBad?.(context, seen);
      },
    },
    {
      name: `roll ${service} back`,
      kind: 'act',
      timeoutMs: Math.max(rollMs, withinMs + 60_000),
      async run(context) {
        const began = context.now();
        context.mark('rollback decided');
        await rolled(context, service, most);
        const took = context.now() - began;
        context.observe({ name: 'rollback', value: took / 1000, unit: 's', atMost: withinMs / 1000 });
        const { seen } = await underLoad(context, service, options, () => pause(seconds * 1000, context.signal));
        context.observe({
          name: 'requests that failed after the rollback',
          value: seen.failed,
          unit: 'requests',
          is: 0,
          detail: words(seen),
        });
      },
    },
  ];
}

async function rolled(
  { target: { parts }, signal }: Context,
  service: string,
  most: number,
  failing?: number,
): Promise<void> {
  const replicas = replicasOf(parts, service).slice(0, most);
  // Settings that say nothing: the undo that they bring is a restart as it was.
  await roll(parts, replicas, { signal, settings: failing === undefined ? {} : { failing } });
}

/** What customers of one service see of some work. */
export async function underLoad(
  { target: { edge, people, load } }: Context,
  service: string,
  { spec, perSecond }: Pick<ReleaseOptions, 'spec' | 'perSecond'>,
  work: () => Promise<void>,
): Promise<{ readonly seen: Seen }> {
  const asked = askedServices(spec).filter(({ name }) => name === service);
  const requests = await customerRequests(edge, people, asked);
  const usual = await usualStatuses(edge, requests);
  const running: RunningLoad = await load.start({ requests, perSecond, from: LOAD_FROM });
  await work();
  const report = await running.stop();
  demandServed(report);
  return { seen: seenOf(report, usual) };
}

function words({ sent, failed, kinds }: Seen): string {
  return failed === 0 ? `of ${sent}` : `of ${sent}: ${kinds}`;
}
