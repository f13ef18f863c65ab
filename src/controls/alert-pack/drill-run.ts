/** What the steps of the drill have in common: the run's settings, and what they know of each other. */
import { z } from 'zod';
import { CannotTell } from '../../model/drill/drill.ts';
import type { LoadedRule, MonitoringTwin } from '../../model/drill/metrics.ts';
import type { Page } from '../../model/drill/pager.ts';
import type { WaveAlert, Wave, Waves } from '../../proofs/alerting/scenario/waves.ts';
import type { bookOf } from '../../proofs/alerting/slo/judge/index.ts';
import type { Params } from './check.ts';
import type { Pack } from './query.ts';

export const NEEDS = ['metrics', 'pager'] as const;
export type Needs = (typeof NEEDS)[number];

export const parameters = z.object({
  faster: z
    .number()
    .min(1)
    .max(3600)
    .default(360)
    .describe('How many times faster the rules and routes run than they are written.'),
  patience: z
    .number()
    .min(1)
    .max(600)
    .default(20)
    .describe(
      'Seconds; a resolve that is predicted to take longer, since a long window still holds the fault, is not waited for.',
    ),
});
export type Parameters = z.infer<typeof parameters>;

/** Seconds between two scrapes, and two evaluations. */
export const INTERVAL = 1;
/** An alert of which the expression does not hold after so many seconds is left. */
export const WITHIN = 30;
export const STEP = 0.5;

export interface Situation extends Parameters {
  readonly params: Params;
  /** Severities that page, in lower case. */
  readonly pages: readonly string[];
  /** As {@link Pack} has them. */
  readonly written: Pack['receivers'];
}

export interface Run {
  rules: readonly LoadedRule[];
  world?: { readonly twin: MonitoringTwin; readonly waves: Waves; readonly book: ReturnType<typeof bookOf> };
  /** Alerts that fired and were inhibited. */
  missed: { readonly alert: WaveAlert; readonly wave: Wave }[];
}

export interface Awaited {
  readonly alert: WaveAlert;
  readonly rule: LoadedRule;
  /** Seconds from the fault to the notification: window, `for`, {@link lag}, group_wait. */
  readonly predicted: number;
  /** Longest from a change in the world until the alert knows it: a scrape, an evaluation, and one more for each record below it. Seconds. */
  readonly lag: number;
  readonly groupInterval: number;
  /** By how much later it is told of where its group was told of before: it then waits for the group's interval. Seconds. */
  readonly joins: number;
  readonly receivers: readonly string[];
  /** Whom the manifests would have told; none where they do not say. */
  readonly written: readonly string[];
  readonly pages: boolean;
  told?: Page;
}

export function known({ world }: Run): NonNullable<Run['world']> {
  if (world === undefined) throw new CannotTell('the monitoring of the drill was not started');
  return world;
}
