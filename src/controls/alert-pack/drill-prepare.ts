/** A world in which every alert is silent, and a monitoring of its own on it. */
import { CannotTell, type StepContext } from '../../model/drill/drill.ts';
import { until } from '../../model/drill/until.ts';
import { fasterExpression, shortestWindow } from '../../proofs/alerting/faster.ts';
import { looksBack, wavesOf } from '../../proofs/alerting/scenario/waves.ts';
import { bookOf } from '../../proofs/alerting/slo/judge/index.ts';
import { INTERVAL, known, STEP, WITHIN, type Needs, type Run, type Situation } from './drill-run.ts';

export async function prepare(context: StepContext<Needs>, run: Run, { faster }: Situation): Promise<void> {
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

export async function silentBefore(context: StepContext<Needs>, run: Run): Promise<void> {
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
