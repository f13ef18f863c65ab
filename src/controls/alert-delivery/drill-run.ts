/** What the steps of the drill have in common: the run's settings, what they know of each other, and the clock. */
import { z } from 'zod';
import { CannotTell, type StepContext } from '../../model/drill/drill.ts';
import type { LoadedRule } from '../../model/drill/metrics.ts';
import type { Page } from '../../model/drill/pager.ts';
import { until } from '../../model/drill/until.ts';
import type { Delivery } from './query.ts';

export const NEEDS = ['metrics', 'pager', 'parts'] as const;
export type Needs = (typeof NEEDS)[number];

export interface Params {
  readonly alert: string;
  readonly service: string;
  readonly severityLabel: string;
  readonly allowance: number;
  readonly deadMan: boolean;
}

export const parameters = z.object({
  faster: z
    .number()
    .min(1)
    .max(600)
    .default(60)
    .describe('How many times faster rules, routes and the pager run than they are written.'),
});
export type Parameters = z.infer<typeof parameters>;

/** Seconds between two scrapes, and two evaluations, while the drill runs. */
export const INTERVAL = 1;
/** Seconds that a first escalation, and the dead man's switch, take in the drill. Beats come every second or two. */
export const ESCALATION = 2;
export const DEAD_MAN = 5;

export interface Situation {
  readonly subjects: readonly string[];
  readonly input: Delivery;
  readonly params: Params;
  readonly faster: number;
}

/** What is known once the target was asked. */
export interface Chosen {
  readonly rule: LoadedRule;
  readonly part: string;
  /** Whom the target tells, by the routing that it has loaded. */
  readonly receivers: readonly string[];
  /** Whom the manifests would have told; none where they do not say. */
  readonly written: readonly string[];
  /** Seconds, at the drill's speed. */
  readonly page: number;
  readonly resolve: number;
  readonly escalation: number;
}

/** What the steps know of each other. */
export interface Run {
  chosen?: Chosen;
  paged?: Page | undefined;
  faultAt: number;
  deadManSeconds: number;
}

interface Wait {
  readonly name: string;
  /** The clock starts; `Date.now()` of the pager. */
  readonly from: number;
  /** Pages count that came since, where not only those after `from` do; one that came before `from` took no time. */
  readonly since?: number;
  /** Seconds. */
  readonly predicted: number;
  readonly allowance: number;
  readonly wanted: (page: Page) => boolean;
  readonly came: (page: Page) => string;
  readonly lacked: () => Promise<string>;
}

/** Waits for a page as long as it may take, and records how long it took. */
export async function timed(context: StepContext<Needs>, wait: Wait): Promise<Page | undefined> {
  const { pager } = context.target;
  const { name, from, since = from, predicted } = wait;
  const atMost = predicted + wait.allowance;
  const found = await until(async () => (await pager.since(since)).find(wait.wanted), {
    signal: context.signal,
    forMs: from + atMost * 1000 - pager.now(),
  });
  // What did not come in time took longer than this.
  const value =
    found === undefined ? Math.max(atMost * 1.001, (pager.now() - from) / 1000) : Math.max(0, found.at - from) / 1000;
  const detail = found === undefined ? await wait.lacked() : wait.came(found);
  context.observe({ name, value, unit: 's', atMost, predicted, detail });
  context.mark(found === undefined ? `no ${name.split(' to ')[1] ?? name}` : name);
  return found;
}

export function known({ chosen }: Run): Chosen {
  if (chosen === undefined) throw new CannotTell('no alert was chosen');
  return chosen;
}
