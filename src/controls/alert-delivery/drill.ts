/** A replica is ended, and the clock runs until somebody is paged for it; nobody answers, and the clock runs on; it comes back; alerting itself dies. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type Probe,
  type Rehearsal,
  type Step,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { LoadedRule } from '../../model/drill/metrics.ts';
import type { Page } from '../../model/drill/pager.ts';
import { until } from '../../model/drill/until.ts';
import { isPaging, tellsOfSilence, type Delivery } from './query.ts';

const NEEDS = ['metrics', 'pager', 'parts'] as const;
type Needs = (typeof NEEDS)[number];

interface Params {
  readonly alert: string;
  readonly service: string;
  readonly severityLabel: string;
  readonly allowance: number;
  readonly deadMan: boolean;
}

const parameters = z.object({
  faster: z
    .number()
    .min(1)
    .max(600)
    .default(60)
    .describe('How many times faster rules, routes and the pager run than they are written.'),
});
type Parameters = z.infer<typeof parameters>;

/** Seconds between two scrapes, and two evaluations, while the drill runs. */
const INTERVAL = 1;
/** Seconds that a first escalation, and the dead man's switch, take in the drill. Beats come every second or two. */
const ESCALATION = 2;
const DEAD_MAN = 5;

export const drill = defineDrill<Delivery, Params, Parameters, Needs>({
  summary:
    'Ends one replica of a service and waits for the page, for its escalation and for its resolve; then stops Alertmanager and waits for the dead man.',
  blastRadius:
    'One replica is away for some seconds. Until the end of the run the rules of the whole target run faster, so other alerts may fire as well.',
  needs: NEEDS,
  parameters,
  plan: ({ subjects, parameters: chosen }) => ({
    runs: subjects.map(({ id, input, params }) => delivery({ subjects: [id], input, params, faster: chosen.faster })),
  }),
});

interface Situation {
  readonly subjects: readonly string[];
  readonly input: Delivery;
  readonly params: Params;
  readonly faster: number;
}

/** What is known once the target was asked. */
interface Chosen {
  readonly rule: LoadedRule;
  readonly part: string;
  readonly receivers: readonly string[];
  /** Seconds, at the drill's speed. */
  readonly page: number;
  readonly resolve: number;
  readonly escalation: number;
}

function delivery(situation: Situation): Rehearsal<Needs> {
  const { subjects, params } = situation;
  const run: Run = { faultAt: 0, deadManSeconds: 0 };
  return {
    name: 'a page, its escalation and its resolve, and the death of alerting',
    subjects,
    hypothesis: [noneFiring, ...(params.deadMan ? [beating] : [])],
    method: [...pageSteps(situation, run), ...(params.deadMan ? deadManSteps(situation, run) : [])],
  };
}

/** What the steps know of each other. */
interface Run {
  chosen?: Chosen;
  paged?: Page | undefined;
  faultAt: number;
  deadManSeconds: number;
}

const noneFiring: Probe<Needs> = {
  name: 'alerts firing for a process that does not answer',
  unit: 'alerts',
  timeoutMs: 10_000,
  tolerance: { atMost: 0 },
  async measure({ target: { metrics } }) {
    const rules = (await metrics.rules()).filter(({ expr }) => tellsOfSilence(expr)).map(({ name }) => name);
    return (await metrics.alerts()).filter(({ name, state }) => state === 'firing' && rules.includes(name)).length;
  },
};

const beating: Probe<Needs> = {
  name: "the newest beat's age, of what the dead man's switch allows",
  unit: 'ratio',
  timeoutMs: 5_000,
  tolerance: { atMost: 1 },
  settleMs: 90_000,
  async measure({ target: { pager } }) {
    const newest = Math.max(0, ...(await pager.beats()).map(({ at }) => at));
    return (pager.now() - newest) / 1000 / (await pager.settings()).deadManSeconds;
  },
};

function pageSteps({ input, params, faster }: Situation, run: Run): Step<Needs>[] {
  return [
    {
      name: 'hurry the rules, the routes and the pager',
      kind: 'act',
      timeoutMs: 30_000,
      async run(context) {
        const { metrics, pager } = context.target;
        const { deadManSeconds } = await pager.settings();
        await metrics.hurry({ faster, intervalSeconds: INTERVAL });
        const chosen = await choose(context, input, params);
        await pager.hurry({ escalation: Math.max(1, chosen.escalation / ESCALATION), deadMan: 1 });
        context.say(`${chosen.rule.name} is to page ${chosen.receivers.join(', ')} when ${chosen.part} is gone`);
        Object.assign(run, { chosen, deadManSeconds });
      },
    },
    {
      name: 'end a replica',
      kind: 'fault',
      timeoutMs: 10_000,
      async run({ target: { pager, parts } }) {
        run.faultAt = pager.now();
        await parts.kill(known(run).part);
      },
    },
    {
      name: 'wait for the page',
      kind: 'measure',
      timeoutMs: 120_000,
      async run(context) {
        const chosen = known(run);
        const wanted = isOf(chosen, 'page', 'firing');
        run.paged = await timed(context, {
          name: 'fault to page',
          from: run.faultAt,
          predicted: chosen.page,
          allowance: params.allowance,
          wanted,
          came: ({ receiver }) => `${chosen.rule.name} paged ${receiver}, ${faster} times as fast as written`,
          lacked: () => whyNoPage(context, chosen),
        });
      },
    },
    {
      name: 'let nobody acknowledge it, and wait for the next level',
      kind: 'measure',
      timeoutMs: 60_000,
      async run(context) {
        if (run.paged === undefined) return;
        const chosen = known(run);
        await timed(context, {
          name: 'page to escalation',
          from: run.paged.at,
          predicted: ESCALATION,
          allowance: params.allowance,
          wanted: isOf(chosen, 'escalation', 'firing'),
          came: ({ level }) => `level ${level}, after ${chosen.escalation} s as the pager is set`,
          lacked: () => Promise.resolve('nobody acknowledged the page, and nobody else was told'),
        });
        await context.target.pager.acknowledge(run.paged.id, 'the drill');
      },
    },
    {
      name: 'start the replica and wait for the resolve',
      kind: 'measure',
      timeoutMs: 180_000,
      async run(context) {
        const chosen = known(run);
        await context.target.parts.start(chosen.part);
        if (run.paged === undefined) return;
        await timed(context, {
          name: 'end to resolve',
          from: context.target.pager.now(),
          since: run.faultAt,
          predicted: chosen.resolve,
          allowance: params.allowance,
          wanted: isOf(chosen, 'page', 'resolved'),
          came: ({ receiver }) => `resolved at ${receiver}`,
          lacked: () => Promise.resolve('the replica is back, and the page was never resolved'),
        });
      },
    },
  ];
}

function deadManSteps({ params }: Situation, run: Run): Step<Needs>[] {
  let stoppedAt = 0;
  return [
    {
      name: "wait for a beat at the new speed, and hurry the dead man's switch",
      kind: 'act',
      timeoutMs: 60_000,
      async run({ target: { pager }, signal }) {
        const from = pager.now();
        const beats = async (): Promise<true | undefined> =>
          (await pager.beats()).some(({ at }) => at > from) ? true : undefined;
        if ((await until(beats, { signal, forMs: 50_000 })) === undefined)
          throw new CannotTell('no beat comes any more');
        await pager.hurry({ escalation: 1, deadMan: Math.max(1, run.deadManSeconds / DEAD_MAN) });
      },
    },
    {
      name: 'stop Alertmanager',
      kind: 'fault',
      timeoutMs: 10_000,
      async run({ target: { metrics, parts, pager } }) {
        stoppedAt = pager.now();
        for (const part of metrics.servers.alertmanager) await parts.freeze(part);
      },
    },
    {
      name: 'wait for the dead man to page',
      kind: 'measure',
      timeoutMs: 60_000,
      async run(context) {
        await timed(context, {
          name: 'silence to page of the dead man',
          from: stoppedAt,
          predicted: DEAD_MAN,
          allowance: params.allowance,
          wanted: isSwitch('firing'),
          came: () => `after ${run.deadManSeconds} s as the switch is set`,
          lacked: () => Promise.resolve('Alertmanager was stopped, and nobody noticed'),
        });
      },
    },
    {
      name: 'let Alertmanager go on, and wait until the switch has seen it',
      kind: 'measure',
      timeoutMs: 90_000,
      async run(context) {
        const { metrics, parts, pager } = context.target;
        const from = pager.now();
        for (const part of metrics.servers.alertmanager) await parts.thaw(part);
        await timed(context, {
          name: 'return to resolve of the dead man',
          from,
          predicted: DEAD_MAN,
          allowance: params.allowance,
          wanted: isSwitch('resolved'),
          came: () => 'beats come again',
          lacked: () => Promise.resolve('Alertmanager goes on, and no beat came'),
        });
      },
    },
  ];
}

interface Wait {
  readonly name: string;
  /** The clock starts; `Date.now()` of the pager. */
  readonly from: number;
  /** Pages count that came since, where not only those after `from` do. */
  readonly since?: number;
  /** Seconds. */
  readonly predicted: number;
  readonly allowance: number;
  readonly wanted: (page: Page) => boolean;
  readonly came: (page: Page) => string;
  readonly lacked: () => Promise<string>;
}

/** Waits for a page as long as it may take, and records how long it took. */
async function timed(context: StepContext<Needs>, wait: Wait): Promise<Page | undefined> {
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

function known({ chosen }: Run): Chosen {
  if (chosen === undefined) throw new CannotTell('no alert was chosen');
  return chosen;
}

/** The rule, the victim and the formula: `for + scrape + evaluation + group_wait`, each at the drill's speed. The fault is whole at once, so no window has to fill. */
async function choose(context: StepContext<Needs>, input: Delivery, params: Params): Promise<Chosen> {
  const { metrics, parts, pager } = context.target;
  const rules = (await metrics.rules()).filter(({ kind, expr }) => kind === 'alert' && tellsOfSilence(expr));
  const rule = rules.find((one) =>
    params.alert === '' ? isPaging(one.labels, input, params.severityLabel) : one.name === params.alert,
  );
  if (rule === undefined)
    throw new CannotTell(
      params.alert === ''
        ? `none of ${rules.map(({ name }) => name).join(', ') || 'the alerts'} pages for a process that does not answer; name an alert in the param alert`
        : `${params.alert} is no alert that fires for a process that does not answer`,
    );
  const candidates =
    params.service === ''
      ? input.services.toSorted((a, b) => Number(a.isPublic) - Number(b.isPublic))
      : [{ name: params.service }];
  const [part] = candidates.flatMap(({ name }) => parts.replicas(name));
  if (part === undefined) throw new CannotTell('the target runs no replica of a service that could be ended');
  const taken = await metrics.routes({ ...rule.labels, alertname: rule.name });
  const { escalation } = await pager.settings();
  const receivers = taken.map(({ receiver }) => receiver);
  const [first = 0] = receivers.flatMap((one) => escalation[one] ?? escalation[''] ?? []);
  const looks = INTERVAL + INTERVAL;
  return {
    rule,
    part,
    receivers,
    page: rule.holdSeconds + looks + Math.min(...taken.map(({ groupWait }) => groupWait)),
    resolve: looks + Math.max(...taken.map(({ groupInterval }) => groupInterval)),
    escalation: first,
  };
}

function isOf({ rule }: Chosen, kind: Page['kind'], status: Page['status']): (page: Page) => boolean {
  return (page) => page.kind === kind && page.status === status && page.alert === rule.name;
}

function isSwitch(status: Page['status']): (page: Page) => boolean {
  return (page) => page.kind === 'dead-man' && page.status === status;
}

/** How far it got: which link of the chain is broken. */
async function whyNoPage(
  { target: { metrics, pager } }: StepContext<Needs>,
  { rule, receivers, part }: Chosen,
): Promise<string> {
  const state = (await metrics.alerts()).find(({ name }) => name === rule.name)?.state;
  if (state === undefined) return `${rule.name} never fired while ${part} was gone`;
  if (state === 'pending') return `${rule.name} is pending still: its for has not passed`;
  const arrived = (await metrics.routed()).filter(({ name }) => name === rule.name);
  if (arrived.length === 0) return `${rule.name} fires in Prometheus and never reached Alertmanager`;
  if (arrived.every(({ silenced }) => silenced)) return `${rule.name} fires and is silenced in Alertmanager`;
  const inhibitors = [...new Set(arrived.flatMap(({ inhibitedBy }) => inhibitedBy))];
  if (inhibitors.length > 0) return `${rule.name} fires and is inhibited by ${inhibitors.join(', ')}`;
  const told = (await pager.since(0)).some(({ alert, kind }) => alert === rule.name && kind === 'message');
  const how = told ? ', which left a message and woke nobody' : ', which told nobody';
  return `${rule.name} fires and goes to ${receivers.join(', ') || 'no receiver'}${how}`;
}
