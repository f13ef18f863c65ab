import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import { pause, until } from '../../model/drill/until.ts';
import { assessDisruption } from '../../proofs/disruption/index.ts';
import { readinessOf, replicasOf } from '../../proofs/drilling/health.ts';
import type { Params } from './check.ts';
import type { Disruptions } from './input.ts';

type Subject = DrillSubject<Disruptions, Params>;
type Context = StepContext<'parts'>;

const SERVICE = 'service/';
const SAMPLE_MS = 50;
/** Silence after which a replica counts as away: the kubelet's default takes three probes of a second for it, and longer between them. */
const SILENT_MS = 3000;
/** Longest that a replica that has said it is ready is waited for until the watch hears it too. */
const BACK_MS = 10_000;
/** For each replica: its drain, its start, and a machine that is busy. */
const EVICTION_MS = 120_000;

/** How many pods the budgets let go at once, by the same arithmetic as the check. */
interface Allowed {
  readonly atOnce: number | undefined;
  /** Fewest replicas that the manifests let it run with, where they say so. */
  readonly replicas: number | undefined;
  readonly workload: string;
}

export const drill = defineDrill({
  summary:
    'Nodes are drained step by step: each replica is ended in order and started again, as many at once as its budget allows.',
  blastRadius:
    'Every replica of each service is restarted once, one after the other; what its budget must keep stays up throughout.',
  needs: ['parts'],
  parameters: z.object({
    restMs: z
      .int()
      .min(0)
      .max(60_000)
      .default(250)
      .describe('Pause between two evictions, in which the platform may be seen to hold, in milliseconds.'),
  }),
  plan({ subjects, parameters }: { subjects: readonly Subject[]; parameters: { restMs: number } }) {
    const judged = subjects.map((subject) => ({ subject, because: whyLeft(subject) }));
    return {
      runs: judged
        .filter(({ because }) => because === undefined)
        .map(({ subject }) => drain(subject, allowedOf(subject.input)!, parameters.restMs)),
      left: judged.flatMap(({ subject, because }) => (because === undefined ? [] : [{ subject: subject.id, because }])),
    };
  },
});

function whyLeft({ id, input }: Subject): string | undefined {
  if (!id.startsWith(SERVICE)) return 'what a node takes with it when it is a store’s is measured by data-failover';
  if (input.workloads.length !== 1) return `it runs as ${input.workloads.length} workloads, and the drill drains one`;
  if (allowedOf(input)?.atOnce === undefined) return 'no budget says how many of its pods may go at once';
  return undefined;
}

function allowedOf({ workloads }: Disruptions): Allowed | undefined {
  const [read] = workloads;
  if (read === undefined) return undefined;
  const { disruptionsAllowed, replicas } = assessDisruption(read.input);
  return { atOnce: disruptionsAllowed, replicas: replicas?.min, workload: read.input.workload.id };
}

function drain({ id, name }: Subject, allowed: Allowed, restMs: number): Rehearsal<'parts'> {
  const { atOnce = 0, workload } = allowed;
  return {
    name: `a drain of the nodes under ${name}`,
    subjects: [id],
    hypothesis: [
      {
        name: `replicas of ${name} that are ready`,
        unit: 'share',
        timeoutMs: 30_000,
        settleMs: 60_000,
        tolerance: { atLeast: 1 },
        async measure({ target: { parts } }) {
          const all = replicasOf(parts, name);
          return (await countReady(all, parts)) / all.length;
        },
      },
    ],
    predictions: [
      {
        name: `most replicas of ${name} away at once`,
        value: Math.min(1, atOnce),
        unit: 'replicas',
        because: `the drill evicts one at a time, and the budget of ${workload} allows ${atOnce}`,
      },
    ],
    method: [
      {
        name: `evict each replica of ${name}`,
        kind: 'fault',
        timeoutMs: 20 * EVICTION_MS,
        run: (context) => evictAll(context, name, allowed, restMs),
      },
    ],
  };
}

/** One at a time, as an eviction is asked for pod by pod; the next one once the budget has its pod back. */
async function evictAll(
  context: Context,
  name: string,
  { atOnce = 0, replicas = 1 }: Allowed,
  restMs: number,
): Promise<void> {
  const { parts } = context.target;
  const { observe, signal } = context;
  observe({ name: `evictions of ${name} that the budget allows at once`, value: atOnce, unit: 'pods', atLeast: 1 });
  if (atOnce < 1) return;
  const all = replicasOf(parts, name);
  if (all.length === 1 && replicas > 1)
    throw new CannotTell(
      `the target runs one replica of ${name} where the manifests say ${replicas}: whether others hold meanwhile cannot be seen`,
    );
  const watched = await watchReady(context, all);
  const seconds: number[] = [];
  for (const part of all) {
    context.say(`evict ${part}`);
    seconds.push((await parts.restart(part)) / 1000);
    await watched.back(part);
    await pause(restMs, signal);
  }
  const samples = await watched.stop();
  context.keep(`replicas of ${name} that were ready`, samples);
  const fewest = Math.min(...samples.map(({ ready }) => ready));
  observe({
    name: `most replicas of ${name} away at once`,
    value: all.length - fewest,
    unit: 'replicas',
    atMost: atOnce,
    detail: `of ${all.length}, in ${samples.length} samples`,
  });
  // With the only replica away nobody answers, whatever the budget says.
  observe({ name: `fewest ready replicas of ${name}`, value: fewest, unit: 'replicas', atLeast: 1 });
  observe({ name: `longest eviction of ${name}`, value: Math.max(...seconds), unit: 's' });
}

interface Sample {
  readonly atMs: number;
  readonly ready: number;
}

interface Watch {
  /** Resolves once the watch has seen a restarted replica: until then its samples hold it for away, whoever goes next. */
  back(part: string): Promise<void>;
  stop(): Promise<Sample[]>;
}

/**
 * Asks every replica all the time, each by itself, so that one that hangs hides no other; it counts as away once it has said so,
 * or nothing for long enough. Resolves when each was asked once.
 */
async function watchReady(context: Context, all: readonly string[]): Promise<Watch> {
  const { signal, target } = context;
  const samples: Sample[] = [];
  const ready = new Set<string>();
  const over = new AbortController();
  const ask = async (part: string): Promise<void> => {
    if (await answers(target.parts, part, signal)) ready.add(part);
    else ready.delete(part);
  };
  const watch = async (part: string): Promise<void> => {
    while (!over.signal.aborted) {
      await ask(part);
      samples.push({ atMs: context.now(), ready: ready.size });
      await pause(SAMPLE_MS, signal);
    }
  };
  await Promise.all(all.map(ask));
  const watching = Promise.all(all.map(watch));
  watching.catch(() => undefined);
  return {
    async back(part) {
      await until(async () => ready.has(part) || undefined, { signal, forMs: BACK_MS, everyMs: SAMPLE_MS });
    },
    async stop() {
      over.abort();
      await watching;
      return samples;
    },
  };
}

async function answers(parts: Context['target']['parts'], part: string, signal: AbortSignal): Promise<boolean> {
  const silent = pause(SILENT_MS, signal).then(() => ({ ready: false }));
  const { ready } = await Promise.race([readinessOf(parts, part), silent]);
  return ready;
}

async function countReady(all: readonly string[], parts: Context['target']['parts']): Promise<number> {
  const states = await Promise.all(all.map((part) => readinessOf(parts, part)));
  return states.filter(({ ready }) => ready).length;
}
