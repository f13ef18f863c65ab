/** Every alert of the platform is fired once, on series that are made for it, from Prometheus over Alertmanager to whoever is told; and resolved. */
import { z } from 'zod';
import { CannotTell, defineDrill, type StepContext } from '../../model/drill/drill.ts';
import type { LoadedRule, MonitoringTwin, RoutedAlert } from '../../model/drill/metrics.ts';
import type { Page } from '../../model/drill/pager.ts';
import { until } from '../../model/drill/until.ts';
import { fasterExpression, shortestWindow } from '../../proofs/alerting/faster.ts';
import {
  faultyWorld,
  looksBack,
  quietAfter,
  wavesOf,
  type Wave,
  type WaveAlert,
  type Waves,
} from '../../proofs/alerting/scenario/waves.ts';
import { bookOf } from '../../proofs/alerting/slo/judge/index.ts';
import type { Params } from './check.ts';
import type { Pack } from './query.ts';

const NEEDS = ['metrics', 'pager'] as const;
type Needs = (typeof NEEDS)[number];

const parameters = z.object({
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
type Parameters = z.infer<typeof parameters>;

/** Seconds between two scrapes, and two evaluations. */
const INTERVAL = 1;
/** An alert of which the expression does not hold after so many seconds is left. */
const WITHIN = 30;
const STEP = 0.5;

export const drill = defineDrill<Pack, Params, Parameters, Needs>({
  summary:
    "Fires every alert once, on series of the drill's own, in a Prometheus and an Alertmanager beside the target's that have its rules and its routes, and waits for each to be paged and resolved.",
  blastRadius:
    'None for the platform: its own Prometheus and Alertmanager are only read. Its pager gets a page for every alert, marked as of a drill, and acknowledged at the end.',
  needs: NEEDS,
  parameters,
  plan({ subjects, parameters: chosen }) {
    const [subject] = subjects;
    if (subject === undefined) return { runs: [] };
    const { input, params } = subject;
    const pages = input.severities.filter(({ page }) => page).map(({ name }) => name.toLowerCase());
    const run: Run = { rules: [], missed: [] };
    const situation = { ...chosen, params, pages };
    return {
      runs: [
        {
          name: 'every alert, once',
          subjects: subjects.map(({ id }) => id),
          hypothesis: [
            {
              name: 'rules that cannot be evaluated',
              unit: 'rules',
              timeoutMs: 20_000,
              tolerance: { atMost: 0 },
              measure: async ({ target }) =>
                (await target.metrics.rules()).filter(({ error }) => error !== undefined).length,
            },
          ],
          method: [
            {
              name: 'make a world in which every alert is silent, and start a monitoring of its own on it',
              kind: 'act',
              timeoutMs: 120_000,
              run: (context) => prepare(context, run, situation),
            },
            {
              name: 'see that nothing fires in it',
              kind: 'measure',
              timeoutMs: 60_000,
              run: (context) => silentBefore(context, run),
            },
            {
              name: 'fire the alerts, one wave after the other',
              kind: 'measure',
              timeoutMs: 600_000,
              async run(context) {
                for (const wave of known(run).waves.waves) await fire(context, run, wave, situation);
              },
            },
            {
              name: 'fire once more, and alone, what another alert kept quiet',
              kind: 'measure',
              timeoutMs: 300_000,
              run: (context) => fireAgain(context, run, situation),
            },
          ],
        },
      ],
    };
  },
});

interface Situation extends Parameters {
  readonly params: Params;
  /** Severities that page, in lower case. */
  readonly pages: readonly string[];
}

interface Run {
  rules: readonly LoadedRule[];
  world?: { readonly twin: MonitoringTwin; readonly waves: Waves; readonly book: ReturnType<typeof bookOf> };
  /** Alerts that fired and were inhibited. */
  missed: { readonly alert: WaveAlert; readonly wave: Wave }[];
}

async function prepare(context: StepContext<Needs>, run: Run, { faster }: Situation): Promise<void> {
  run.rules = await context.target.metrics.rules();
  const book = bookOf(
    run.rules.map(({ kind, name, expr, labels }) => ({
      kind,
      name,
      expr: fasterExpression(expr, faster, shortestWindow(INTERVAL)),
      labels,
      origin: { path: 'loaded' },
    })),
  );
  if (book.alerts.length === 0) throw new CannotTell('the target has no alert loaded');
  const waves = wavesOf(book, { within: WITHIN, step: STEP });
  const back = [...book.alerts, ...[...book.records.values()].flat()].map(({ ast }) => looksBack(ast));
  const historySeconds = Math.ceil(Math.max(60, ...back) * 1.05);
  context.keep(
    'waves',
    waves.waves.map(({ alerts, changes }) => ({ alerts: alerts.map(({ name }) => name), changes })),
  );
  context.say(
    `${book.alerts.length} alerts, ${waves.waves.length} waves, ${waves.healthy.length} series with ${historySeconds} s of history`,
  );
  const twin = await context.target.metrics.twin({
    faster,
    intervalSeconds: INTERVAL,
    history: waves.healthy,
    historySeconds,
  });
  run.world = { twin, waves, book };
  context.observe({
    name: 'alerts for which no series were found',
    value: waves.left.length,
    unit: 'alerts',
    is: 0,
    ...(waves.left.length === 0
      ? {}
      : { detail: waves.left.map(({ alert, because }) => `${alert}: ${because}`).join('; ') }),
  });
}

async function silentBefore(context: StepContext<Needs>, run: Run): Promise<void> {
  const { twin, waves } = known(run);
  const expected = new Set(waves.waves.flatMap(({ alerts }) => alerts.map(({ name }) => name)));
  // The first evaluations see what was back-filled; a rate needs the first scrapes as well.
  const loudIn = async (): Promise<string[]> =>
    (await twin.alerts()).filter(({ name, state }) => state === 'firing' && expected.has(name)).map(({ name }) => name);
  await until(async () => ((await twin.alerts()).length > 0 ? true : undefined), {
    signal: context.signal,
    forMs: 10_000,
  });
  await until(async () => ((await loudIn()).length === 0 ? true : undefined), {
    signal: context.signal,
    forMs: 10_000,
  });
  const loud = [...new Set(await loudIn())];
  context.observe({
    name: 'alerts that fire while all is well',
    value: loud.length,
    unit: 'alerts',
    is: 0,
    ...(loud.length === 0 ? {} : { detail: loud.join(', ') }),
  });
  for (const name of waves.constant) {
    const told = await until(
      async () => (await twin.routed()).find((one) => one.name === name && one.receivers.length > 0 && !one.silenced),
      { signal: context.signal, forMs: 15_000 },
    );
    context.observe({
      name: `${name}: routed while all is well`,
      value: told === undefined ? 0 : 1,
      unit: 'alerts',
      is: 1,
      detail: told === undefined ? 'it always fires, and tells nobody' : told.receivers.join(', '),
    });
  }
}

interface Awaited {
  readonly alert: WaveAlert;
  readonly rule: LoadedRule;
  /** Seconds from the fault to the notification: window, `for`, scrape, evaluation, group_wait. */
  readonly predicted: number;
  readonly groupInterval: number;
  readonly receivers: readonly string[];
  readonly pages: boolean;
  told?: Page;
}

async function fire(
  context: StepContext<Needs>,
  run: Run,
  wave: Wave,
  situation: Situation,
  again = false,
): Promise<void> {
  const { twin, waves, book } = known(run);
  const { params } = situation;
  const awaited = await Promise.all(wave.alerts.map((alert) => expectation(twin, run, alert, situation)));
  const faulty = faultyWorld(waves.healthy, wave);
  const began = await twin.inject(faulty);
  context.mark(`${awaited.length} alerts are given a cause`);
  await gather(
    context,
    twin,
    awaited,
    began,
    ({ predicted }) => predicted + params.allowance,
    'firing',
    (one, page) => {
      one.told = page;
    },
  );
  const missing = awaited.filter(({ told }) => told === undefined);
  const routed = missing.length === 0 ? [] : await twin.routed();
  for (const one of awaited) {
    const inhibitors = one.told === undefined ? inhibitorsOf(one, routed) : [];
    if (inhibitors.length > 0 && !again) run.missed.push({ alert: one.alert, wave });
    else observeTold(context, one, began, params.allowance, await lackOf(context, twin, one, inhibitors, routed));
  }
  const ended = await twin.inject(waves.healthy);
  context.mark('the causes are gone');
  await resolves(
    context,
    { twin, awaited, ended, lasted: (ended - began) / 1000, faulty, book, healthy: waves.healthy },
    situation,
  );
}

async function expectation(
  twin: MonitoringTwin,
  run: Run,
  alert: WaveAlert,
  { faster, params, pages }: Situation,
): Promise<Awaited> {
  const rule = run.rules.find(({ kind, name }) => kind === 'alert' && name === alert.name);
  if (rule === undefined) throw new CannotTell(`${alert.name} is not loaded any more`);
  const taken = await twin.routes({ ...rule.labels, alertname: rule.name });
  const hold = Math.round(rule.holdSeconds / faster);
  return {
    alert,
    rule,
    predicted: alert.after + hold + 2 * INTERVAL + Math.min(...taken.map(({ groupWait }) => groupWait)),
    groupInterval: Math.max(...taken.map(({ groupInterval }) => groupInterval)),
    receivers: taken.map(({ receiver }) => receiver),
    pages: pages.includes(rule.labels[params.severityLabel]?.toLowerCase() ?? ''),
  };
}

/** Looks at the pager until every alert was told of, or its time is up. */
async function gather(
  { target: { pager }, signal }: StepContext<Needs>,
  twin: MonitoringTwin,
  awaited: readonly Awaited[],
  since: number,
  seconds: (one: Awaited) => number,
  status: Page['status'],
  found: (one: Awaited, page: Page) => void,
): Promise<void> {
  const open = new Set(awaited);
  const longest = Math.max(0, ...awaited.map(seconds));
  await until(
    async () => {
      const pages = (await pager.since(since)).filter(
        (page) => page.labels[twin.mark.name] === twin.mark.value && page.status === status,
      );
      for (const one of open) {
        // A severity that pages is not served by a message.
        const page = pages.find(
          ({ alert, kind }) => alert === one.alert.name && (one.pages ? kind === 'page' : kind !== 'escalation'),
        );
        if (page === undefined) continue;
        found(one, page);
        open.delete(one);
      }
      return open.size === 0 ? true : undefined;
    },
    { signal, forMs: since + longest * 1000 - pager.now(), everyMs: 250 },
  );
}

function observeTold(
  context: StepContext<Needs>,
  { alert, told, predicted }: Awaited,
  began: number,
  allowance: number,
  lack: Lack | undefined,
): void {
  const atMost = predicted + allowance;
  if (told === undefined && lack?.excused === true) {
    context.observe({
      name: `${alert.name}: fault to page`,
      value: predicted,
      unit: 's',
      atMost,
      predicted,
      detail: lack.because,
    });
    return;
  }
  context.observe({
    name: `${alert.name}: fault to page`,
    value: told === undefined ? atMost * 1.001 : (told.at - began) / 1000,
    unit: 's',
    atMost,
    predicted,
    detail: told === undefined ? (lack?.because ?? 'nobody was told') : `${told.kind} to ${told.receiver}`,
  });
}

interface Lack {
  readonly because: string;
  /** Somebody was paged for what keeps it quiet. */
  readonly excused: boolean;
}

/** Where an alert got stuck on its way. */
async function lackOf(
  { target: { pager } }: StepContext<Needs>,
  twin: MonitoringTwin,
  one: Awaited,
  inhibitors: readonly string[],
  routed: readonly RoutedAlert[],
): Promise<Lack | undefined> {
  if (one.told !== undefined) return undefined;
  const { name } = one.alert;
  if (inhibitors.length > 0) {
    const own = (await pager.since(0)).filter(({ labels }) => labels[twin.mark.name] === twin.mark.value);
    const paged = own.find(({ alert, kind }) => inhibitors.includes(alert) && kind === 'page');
    if (paged !== undefined)
      return {
        because: `${paged.alert} keeps it quiet, and paged ${paged.receiver} for the same cause`,
        excused: true,
      };
    return {
      because: `it is inhibited by ${inhibitors.join(', ')}, and nobody was told of that either`,
      excused: false,
    };
  }
  const because = (text: string): Lack => ({ because: text, excused: false });
  const state = (await twin.alerts()).find((alert) => alert.name === name)?.state;
  if (state === undefined) return because('it never fired');
  if (state === 'pending') return because('it is pending still');
  const arrived = routed.filter((alert) => alert.name === name);
  if (arrived.length === 0) return because('it fires, and never reached Alertmanager');
  if (arrived.every(({ silenced }) => silenced)) return because('it fires, and is silenced');
  return because(
    `it fires, and goes to ${one.receivers.join(', ') || 'nobody'}, ${one.pages ? 'which pages nobody' : 'which tells nobody'}`,
  );
}

function inhibitorsOf({ alert }: Awaited, routed: readonly RoutedAlert[]): string[] {
  const own = routed.filter(({ name }) => name === alert.name);
  return [...new Set(own.flatMap(({ inhibitedBy }) => inhibitedBy))];
}

interface Ended {
  readonly twin: MonitoringTwin;
  readonly awaited: readonly Awaited[];
  readonly ended: number;
  /** Seconds that the fault lasted. */
  readonly lasted: number;
  readonly healthy: Waves['healthy'];
  readonly faulty: Waves['healthy'];
  readonly book: ReturnType<typeof bookOf>;
}

/** Receivers that only leave messages need not say when something is over. */
async function resolves(context: StepContext<Needs>, end: Ended, { patience, params }: Situation): Promise<void> {
  const { twin, ended } = end;
  const paged = end.awaited.filter(({ told }) => told?.kind === 'page');
  const predicted = new Map(
    paged.map((one) => {
      const quiet = quietAfter(one.alert.expr, end, end.book, { within: patience, step: STEP });
      return [one, quiet === undefined ? undefined : quiet + 2 * INTERVAL + one.groupInterval];
    }),
  );
  const waited = paged.filter((one) => predicted.get(one) !== undefined);
  const left = paged.filter((one) => predicted.get(one) === undefined).map(({ alert }) => alert.name);
  const resolved = new Map<Awaited, Page>();
  const bound = (one: Awaited): number => (predicted.get(one) ?? 0) + params.allowance;
  await gather(context, twin, waited, ended, bound, 'resolved', (one, page) => resolved.set(one, page));
  for (const one of waited) {
    const page = resolved.get(one);
    context.observe({
      name: `${one.alert.name}: end to resolve`,
      value: page === undefined ? bound(one) * 1.001 : (page.at - ended) / 1000,
      unit: 's',
      atMost: bound(one),
      predicted: predicted.get(one)!,
      detail:
        page === undefined ? 'its cause is gone, and the page was never resolved' : `resolved at ${page.receiver}`,
    });
  }
  if (left.length > 0)
    context.observe({
      name: 'pages whose resolve was not waited for',
      value: left.length,
      unit: 'alerts',
      detail: `their windows hold the fault for more than ${patience} s: ${left.join(', ')}`,
    });
}

/** Alerts that were inhibited by a neighbour of their wave are given their cause alone. */
async function fireAgain(context: StepContext<Needs>, run: Run, situation: Situation): Promise<void> {
  const { waves, book } = known(run);
  if (run.missed.length > 0) {
    const names = new Set(run.missed.map(({ alert }) => alert.name));
    const alone = wavesOf(
      { ...book, alerts: book.alerts.filter(({ name }) => names.has(name)) },
      { within: WITHIN, step: STEP },
      waves.healthy,
    );
    for (const wave of alone.waves) await fire(context, run, wave, situation, true);
  }
  await known(run).twin.close();
}

function known({ world }: Run): NonNullable<Run['world']> {
  if (world === undefined) throw new CannotTell('the monitoring of the drill was not started');
  return world;
}
