/** How fast what customers write is carried on to its end: through outbox, queue and worker. */
import type { Deed } from '../../model/drill/deeds.ts';
import { CannotTell } from '../../model/drill/drill.ts';
import { pause } from '../../model/drill/until.ts';
import { acknowledgedIn, doubledOf, lostOf, someOf } from '../../proofs/drilling/writes.ts';
import { replicasHere, wantedHere, type Subject, type Wishes } from './loaded.ts';
import type { Context } from './ramp.ts';
import { lackOfMachine, watch } from './watch.ts';

const OF_ONE_CUSTOMER = 20;
/** More than has to be carried, so that the queue is what limits. */
const BEYOND = 1.5;
/** Where nothing says how much has to be carried. */
const SOME = 50;
/** What has to come through before the rate is taken, in seconds of what is sent: queue and worker are warm by then. */
const LEAD_SECONDS = 1;
const LONGEST_LEAD_MS = 10_000;
const LONGEST_DRAIN_MS = 60_000;
const POLL_MS = 100;
/** The worker's own processor is not looked at: it is the machine that may have been too small. */
const NO_LAYER: ReadonlyMap<string, readonly string[]> = new Map();

export async function carryDeeds(context: Context, subject: Subject, { seconds }: Wishes): Promise<void> {
  const { id, params } = subject;
  const { deeds, load, parts } = context.target;
  const [worker] = subject.input.layers
    .filter(({ kind }) => kind === 'worker')
    .map((layer) => replicasHere(context, { ...layer, service: layer.id.slice('service/'.length) }))
    .filter(({ here }) => here > 0)
    .toSorted((a, b) => b.here / b.most - a.here / a.most);
  if (worker === undefined) return;
  const wanted = params.deeds === undefined ? undefined : wantedHere(subject, params.deeds, worker);
  const rate = (wanted ?? SOME) * BEYOND;
  const customers = Math.ceil(rate / OF_ONE_CUSTOMER);
  const deed = await deeds.prepare(customers);
  const running = await load.start({
    requests: deed.requests,
    idHeader: deed.idHeader,
    perSecond: rate,
    connections: Math.max(32, customers),
    from: load.addresses(customers),
  });
  await arrivals(deed, ({ size }) => size >= rate * LEAD_SECONDS, LONGEST_LEAD_MS, context.signal);
  const watching = await watch(parts, NO_LAYER, context.signal);
  const [{ size: before }, began] = [await deed.arrived(), performance.now()];
  await pause(seconds * 1000, context.signal);
  const [{ size: after }, ended] = [await deed.arrived(), performance.now()];
  const lack = lackOfMachine(await watching.stop());
  const report = await running.stop();
  context.keep('writes', { ...report, ids: undefined });
  if (report.saturated) throw new CannotTell('the load generator was the bottleneck');
  const acknowledged = acknowledgedIn(report, deed.idHeader);
  if (acknowledged.length === 0) throw new CannotTell(`none of the ${deed.what} was acknowledged`);
  const carried = ((after - before) * 1000) / (ended - began);
  if (wanted !== undefined && carried < wanted && lack !== undefined)
    throw new CannotTell(
      `${carried.toFixed(0)} ${deed.what} a second came to their end, and ${wanted.toFixed(0)} are asked for: what is used up is ${lack}`,
    );
  context.observe({
    name: `${deed.what} carried to their end`,
    value: carried,
    unit: '1/s',
    ...(wanted === undefined ? {} : { atLeast: wanted }),
    predicted: rate,
    subject: id,
    detail: `${rate.toFixed(0)} a second were sent, ${acknowledged.length} of ${report.sent} acknowledged`,
  });
  const drainFrom = performance.now();
  const arrived = await arrivals(
    deed,
    (those) => lostOf(acknowledged, those).length === 0,
    LONGEST_DRAIN_MS,
    context.signal,
  );
  const lost = lostOf(acknowledged, arrived);
  const doubled = doubledOf(arrived);
  context.observe({
    name: `acknowledged ${deed.what} that are lost`,
    value: lost.length,
    unit: 'writes',
    is: 0,
    predicted: 0,
    subject: id,
    detail: `the rest arrived ${((performance.now() - drainFrom) / 1000).toFixed(1)} s after the last was sent${someOf(lost)}`,
  });
  context.observe({
    name: `${deed.what} that arrived twice`,
    value: doubled.length,
    unit: 'writes',
    is: 0,
    predicted: 0,
    subject: id,
    ...(doubled.length === 0 ? {} : { detail: `of ${arrived.size}${someOf(doubled)}` }),
  });
}

/** What has arrived once it is enough, or once the time is over. */
async function arrivals(
  deed: Deed,
  isEnough: (arrived: ReadonlyMap<string, number>) => boolean,
  withinMs: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const from = performance.now();
  let arrived = await deed.arrived();
  while (!isEnough(arrived) && performance.now() - from < withinMs) {
    await pause(POLL_MS, signal);
    arrived = await deed.arrived();
  }
  return arrived;
}
