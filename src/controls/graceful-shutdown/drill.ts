/** Replaces the replicas of a service one after the other, as a rollout does, while customers ask at a fixed rate; they must not notice. */
import { z } from 'zod';
import { defineDrill, type DrillInput, type DrillSubject, type Rehearsal } from '../../model/drill/drill.ts';
import type { RunningLoad } from '../../model/drill/load.ts';
import type { Spec } from '../../model/spec.ts';
import { pause } from '../../model/drill/until.ts';
import { edgeAnswers } from '../../proofs/edge/drill.ts';
import { replicasOf } from '../../proofs/drilling/health.ts';
import {
  askedServices,
  customerRequests,
  demandNoFailure,
  demandServed,
  roll,
  seenOf,
  usualStatuses,
} from '../../proofs/release/drill.ts';
import type { Shutdown } from './input.ts';

const parameters = z.object({
  perSecond: z.int().min(1).max(1000).default(20).describe('Requests a second, by customers'),
  replicas: z.int().min(1).max(50).default(2).describe('Most replicas of each service that are replaced'),
  lead: z.int().min(0).max(60).default(1).describe('Seconds of load before the first and after the last'),
});

type Needs = 'edge' | 'people' | 'parts' | 'load';

export const drill = defineDrill({
  summary: 'Replicas of each service are replaced one after the other under open-loop load behind the edge.',
  blastRadius: 'One replica of one service is away at a time; whoever it served is handed over, or was not told to be.',
  needs: ['edge', 'people', 'parts', 'load'],
  parameters,
  plan({ subjects, parameters: settings, spec }: DrillInput<readonly Shutdown[], unknown, z.infer<typeof parameters>>) {
    const asked = askedServices(spec);
    if (asked.length === 0)
      return {
        runs: [],
        left: subjects.map(({ id }) => ({
          subject: id,
          because: 'no service has a public route that load could be sent to',
        })),
      };
    const others = new Set(spec.services.filter(({ kind }) => kind === 'system').map(({ name }) => name));
    return {
      runs: subjects.filter(({ name }) => !others.has(name)).map((subject) => rehearsal(subject, settings, spec)),
      left: subjects
        .filter(({ name }) => others.has(name))
        .map(({ id }) => ({
          subject: id,
          because: 'software of others (kind system): the drill replaces what the platform itself releases',
        })),
    };
  },
});

type Settings = z.infer<typeof parameters>;

function rehearsal(
  { id, name }: DrillSubject<readonly Shutdown[], unknown>,
  { perSecond, replicas, lead }: Settings,
  spec: Spec,
): Rehearsal<Needs> {
  const asked = askedServices(spec, name);
  let load: RunningLoad | undefined;
  let usual: ReadonlySet<number> = new Set();
  return {
    name: `the rollout of ${name}`,
    subjects: [id],
    hypothesis: [edgeAnswers(asked[0]!.name)],
    method: [
      {
        name: `ask ${perSecond} times a second`,
        kind: 'act',
        timeoutMs: 60_000,
        async run({ target, signal }) {
          replicasOf(target.parts, name);
          const requests = await customerRequests(target.edge, target.people, asked);
          usual = await usualStatuses(target.edge, requests);
          load = await target.load.start({ requests, perSecond, from: LOAD_FROM });
          await pause(lead * 1000, signal);
        },
      },
      {
        name: `replace the replicas of ${name} one after the other`,
        kind: 'fault',
        timeoutMs: 60_000 + replicas * 90_000,
        async run({ target: { parts }, signal, observe }) {
          demandNoFailure(load!.report());
          const slowest = await roll(parts, replicasOf(parts, name).slice(0, replicas), { signal });
          observe({ name: 'longest that a replica was away', value: slowest, unit: 'ms' });
        },
      },
      {
        name: 'count what customers saw',
        kind: 'measure',
        timeoutMs: 60_000,
        async run({ observe, keep, signal }) {
          await pause(lead * 1000, signal);
          const report = await load!.stop();
          keep('load', report);
          demandServed(report);
          const { sent, failed, kinds, latency } = seenOf(report, usual);
          observe({ name: 'requests while replicas were replaced', value: sent, unit: 'requests', atLeast: 1 });
          observe({
            name: 'requests that failed',
            value: failed,
            unit: 'requests',
            is: 0,
            ...(failed === 0 ? {} : { detail: kinds }),
          });
          observe({ name: 'p99 latency', value: latency.p99, unit: 'ms' });
        },
      },
    ],
  };
}

/** Rates count by client address: the load's are not the probes'. */
const LOAD_FROM = ['127.0.78.1', '127.0.78.2', '127.0.78.3', '127.0.78.4'];
