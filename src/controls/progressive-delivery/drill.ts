/** Puts a bad release on one replica under load, and asks what production's analysis asks: it must halt, and must not pass without data. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillInput,
  type DrillSubject,
  type Rehearsal,
  type Step,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { Metrics } from '../../model/drill/metrics.ts';
import type { RunningLoad } from '../../model/drill/load.ts';
import type { Spec } from '../../model/spec.ts';
import { pause } from '../../model/drill/until.ts';
import type { DeliveryPlan, Measured } from '../../proofs/canary/index.ts';
import { edgeAnswers } from '../../proofs/edge/drill.ts';
import { replicasOf } from '../../proofs/drilling/health.ts';
import { askedServices, customerRequests } from '../../proofs/release/drill.ts';
import type { Params } from './input.ts';
import { analysed, canaryQuery, measured, type Analysed } from './rehearse.ts';

const parameters = z.object({
  perSecond: z.int().min(1).max(1000).default(30).describe('Requests a second, by customers'),
  failing: z.number().gt(0).max(1).default(0.2).describe("Share of the bad release's answers that fail"),
  window: z
    .int()
    .min(4)
    .max(3600)
    .default(10)
    .describe('Seconds of the windows in the queries, which are minutes as written'),
  interval: z.int().min(1).max(600).default(2).describe('Seconds between two measurements'),
  label: z.string().default('pod').describe("Label whose value is the replica's name in the target's series"),
});

type Needs = 'edge' | 'people' | 'parts' | 'load' | 'metrics';
type Settings = z.infer<typeof parameters>;
type Subject = DrillSubject<readonly DeliveryPlan[], Params>;

/** Longest wait for series of a replica that was just started, in windows. */
const PATIENCE = 6;
const LOAD_FROM = ['127.0.81.1', '127.0.81.2', '127.0.81.3', '127.0.81.4'];

export const drill = defineDrill({
  summary: 'One replica gets a release whose answers fail, and the analysis of the manifests is asked about it alone.',
  blastRadius: 'Customers who meet that replica see failures until the analysis halts it; the drill takes it back.',
  needs: ['edge', 'people', 'parts', 'load', 'metrics'],
  parameters,
  plan({ subjects, parameters: settings, spec }: DrillInput<readonly DeliveryPlan[], Params, Settings>) {
    const runs = subjects.map((subject) => ({ subject, run: rehearsal(subject, settings, spec) }));
    return {
      runs: runs.flatMap(({ run }) => (typeof run === 'string' ? [] : [run])),
      left: runs.flatMap(({ subject: { id }, run }) =>
        typeof run === 'string' ? [{ subject: id, because: run }] : [],
      ),
    };
  },
});

/** Or why there is none. */
function rehearsal({ id, name, input }: Subject, settings: Settings, spec: Spec): Rehearsal<Needs> | string {
  const [asked] = askedServices(spec).filter((service) => service.name === name);
  if (asked === undefined) return 'it answers no customer over plain HTTP: the drill has no way to make its work fail';
  const metric = input.flatMap(analysed)[0];
  if (metric === undefined)
    return 'no stage of its delivery is judged by an error rate in Prometheus that asks for the new version alone';
  let load: RunningLoad | undefined;
  return {
    name: `the halt of a bad ${name}`,
    subjects: [id],
    hypothesis: [edgeAnswers(name)],
    method: [
      {
        name: `ask ${settings.perSecond} times a second`,
        kind: 'act',
        timeoutMs: 60_000,
        async run({ target }) {
          const requests = await customerRequests(target.edge, target.people, [asked]);
          load = await target.load.start({ requests, perSecond: settings.perSecond, from: LOAD_FROM });
        },
      },
      silenceStep(metric, settings),
      goodStep(name, metric, settings),
      badStep(name, metric, settings, () => load!),
    ],
  };
}

/** A canary of which no series exists: whatever the analysis makes of that, it must not be success. */
function silenceStep(metric: Analysed, settings: Settings): Step<Needs> {
  return {
    name: 'ask about a release that is not there',
    kind: 'measure',
    timeoutMs: 30_000,
    async run({ target: { metrics }, observe, keep }) {
      const query = canaryQuery(metric, { label: settings.label, value: 'launchgate-drill-nobody' }, settings.window);
      keep('query', { written: metric.query, asked: query, conditions: metric.judgement });
      const verdict = measured(metric, await values(metrics, query));
      observe({
        name: 'no data passes',
        value: verdict === 'Successful' ? 1 : 0,
        unit: 'yes or no',
        is: 0,
        detail: verdict,
      });
    },
  };
}

/** On the release that everybody has: an analysis that fails it, or sees nothing, says nothing about a bad one. */
function goodStep(service: string, metric: Analysed, settings: Settings): Step<Needs> {
  return {
    name: 'ask about the release that everybody has',
    kind: 'measure',
    timeoutMs: PATIENCE * settings.window * 1000 + 60_000,
    async run(context) {
      const [replica] = replicasOf(context.target.parts, service);
      const { verdict, answer } = await untilDecided(context, metric, replica!, settings);
      context.observe({
        name: 'a good release passes',
        value: verdict === 'Successful' ? 1 : 0,
        unit: 'yes or no',
        is: 1,
        detail: `${metric.name} ${answer ?? 'no data'}: ${verdict}`,
      });
    },
  };
}

function badStep(service: string, metric: Analysed, settings: Settings, load: () => RunningLoad): Step<Needs> {
  return {
    name: 'give one replica a bad release',
    kind: 'fault',
    timeoutMs: PATIENCE * settings.window * 1000 + 240_000,
    async run(context) {
      const {
        target: { parts },
        observe,
        mark,
        now,
      } = context;
      const canary = replicasOf(parts, service).at(-1)!;
      const released = now();
      await parts.restart(canary, { failing: settings.failing });
      mark('bad release is out');
      const began = now();
      const failures: number[] = [];
      let last: { verdict: Measured; answer: number | undefined } = { verdict: 'Inconclusive', answer: undefined };
      // As a run of an analysis: so many failures are borne, and the next one ends it.
      while (failures.length <= metric.judgement.failureLimit && now() - began < PATIENCE * settings.window * 1000) {
        last = await ask(context.target.metrics, metric, canary, settings);
        if (last.verdict === 'Failed') failures.push(last.answer ?? Number.NaN);
        else await pause(settings.interval * 1000, context.signal);
      }
      const halted = failures.length > metric.judgement.failureLimit;
      if (halted) mark('halted');
      if (!halted && last.answer === undefined)
        throw new CannotTell(`${metric.name} has no data of ${canary}, so that it pauses the rollout for a person`);
      observe({
        name: 'a bad release is halted',
        value: halted ? 1 : 0,
        unit: 'yes or no',
        is: 1,
        detail: `${metric.name} of ${metric.template} ${last.answer ?? 'no data'}: ${last.verdict}`,
      });
      observe({ name: 'halted after', value: (now() - released) / 1000, unit: 's', detail: 'its start included' });
      await parts.restart(canary, {});
      const { sent, statuses } = await load().stop();
      const failed = Object.entries(statuses).reduce(
        (sum, [status, count]) => sum + (Number(status) >= 500 ? count : 0),
        0,
      );
      observe({ name: 'requests of customers that failed meanwhile', value: (100 * failed) / sent, unit: '%' });
    },
  };
}

async function untilDecided(
  { target: { metrics }, now, signal }: StepContext<Needs>,
  metric: Analysed,
  replica: string,
  settings: Settings,
) {
  const end = now() + PATIENCE * settings.window * 1000;
  for (;;) {
    const answer = await ask(metrics, metric, replica, settings);
    if (answer.answer !== undefined) return answer;
    if (now() > end) throw new CannotTell(`the target's Prometheus has no data of ${replica} for ${metric.name}`);
    await pause(settings.interval * 1000, signal);
  }
}

async function ask(
  metrics: Metrics,
  metric: Analysed,
  replica: string,
  { label, window }: Settings,
): Promise<{ readonly verdict: Measured; readonly answer: number | undefined }> {
  const found = await values(metrics, canaryQuery(metric, { label, value: replica }, window));
  const number = found.find((value) => !Number.isNaN(value));
  return { verdict: measured(metric, found), answer: number };
}

async function values(metrics: Metrics, query: string): Promise<number[]> {
  return (await metrics.query(query)).map(({ value }) => value);
}
