/** Gives alerts their causes, a wave at a time, and takes them away again. */
import { CannotTell, type StepContext } from '../../model/drill/drill.ts';
import type { MonitoringTwin } from '../../model/drill/metrics.ts';
import { faultyWorld, wavesOf, type Wave, type WaveAlert } from '../../proofs/alerting/scenario/waves.ts';
import { recordDepth } from '../../proofs/alerting/slo/judge/index.ts';
import { resolves } from './drill-resolve.ts';
import { INTERVAL, known, STEP, WITHIN, type Awaited, type Needs, type Run, type Situation } from './drill-run.ts';
import { gather, inhibitorsOf, lackOf, latest, observeTold } from './drill-told.ts';

export async function fire(
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
  const missedBefore = await twin.missed();
  const began = await twin.inject(faulty);
  context.mark(`${awaited.length} alerts are given a cause`);
  await gather(
    context,
    twin,
    awaited,
    began,
    (one) => latest(one, params.allowance),
    'firing',
    (one, page) => {
      one.told = page;
    },
    (left) => areKeptQuiet(context, twin, [...left]),
  );
  if (await someAreLate(twin, awaited, began, params.allowance)) await demandTime(twin, missedBefore);
  const missing = awaited.filter(({ told }) => told === undefined);
  const routed = missing.length === 0 ? [] : await twin.routed();
  for (const one of awaited) {
    const inhibitors = one.told === undefined ? inhibitorsOf(one, routed) : [];
    if (inhibitors.length > 0 && !again) run.missed.push({ alert: one.alert, wave });
    else
      observeTold(
        context,
        one,
        began,
        latest(one, params.allowance),
        await lackOf(context, twin, one, inhibitors, routed),
      );
  }
  const ended = await twin.inject(waves.healthy);
  context.mark('the causes are gone');
  await resolves(
    context,
    { twin, awaited, ended, lasted: (ended - began) / 1000, faulty, book, healthy: waves.healthy },
    situation,
  );
}

/** Told, but too late, or on its way still. */
async function someAreLate(
  twin: MonitoringTwin,
  awaited: readonly Awaited[],
  began: number,
  allowance: number,
): Promise<boolean> {
  const pending = (await twin.alerts()).filter(({ state }) => state === 'pending').map(({ name }) => name);
  return awaited.some((one) =>
    one.told === undefined ? pending.includes(one.alert.name) : (one.told.at - began) / 1000 > latest(one, allowance),
  );
}

/** What a starved Prometheus did not look at says nothing of the rules. */
async function demandTime(twin: MonitoringTwin, before: number): Promise<void> {
  const missed = (await twin.missed()) - before;
  if (missed > 0)
    throw new CannotTell(
      `an alert is late, and the drill's Prometheus has left out ${missed} evaluations of rules meanwhile: this machine is too busy to tell`,
    );
}

/** Whether somebody was paged for what keeps each of them quiet: it does so for as long as the fault lasts, so waiting brings no page. */
async function areKeptQuiet(
  context: StepContext<Needs>,
  twin: MonitoringTwin,
  left: readonly Awaited[],
): Promise<boolean> {
  const routed = await twin.routed();
  for (const one of left) {
    const inhibitors = inhibitorsOf(one, routed);
    if (inhibitors.length === 0) return false;
    if ((await lackOf(context, twin, one, inhibitors, routed))?.excused !== true) return false;
  }
  return true;
}

async function expectation(
  twin: MonitoringTwin,
  run: Run,
  alert: WaveAlert,
  { faster, params, pages, written }: Situation,
): Promise<Awaited> {
  const rule = run.rules.find(({ kind, name }) => kind === 'alert' && name === alert.name);
  if (rule === undefined) throw new CannotTell(`${alert.name} is not loaded any more`);
  const taken = await twin.routes({ ...rule.labels, alertname: rule.name });
  const hold = Math.round(rule.holdSeconds / faster);
  const lag = (2 + recordDepth(known(run).book, alert.expr)) * INTERVAL;
  const groupWait = Math.max(...taken.map((route) => route.groupWait));
  const groupInterval = Math.max(...taken.map((route) => route.groupInterval));
  return {
    alert,
    rule,
    predicted: alert.after + hold + lag + groupWait,
    lag,
    groupInterval,
    joins: Math.max(0, groupInterval - groupWait),
    receivers: taken.map(({ receiver }) => receiver),
    written: written[alert.name] ?? [],
    pages: pages.includes(rule.labels[params.severityLabel]?.toLowerCase() ?? ''),
  };
}

/** Alerts that were inhibited by a neighbour of their wave are given their cause alone. */
export async function fireAgain(context: StepContext<Needs>, run: Run, situation: Situation): Promise<void> {
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
