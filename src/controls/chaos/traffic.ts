/** What customers send while something is broken, and what came of it. */
import { seconds } from '../../model/duration.ts';
import type { Deed } from '../../model/drill/deeds.ts';
import { CannotTell, type DrillSubject, type StepContext } from '../../model/drill/drill.ts';
import type { LoadReport, LoadRequest, RunningLoad } from '../../model/drill/load.ts';
import type { Spec } from '../../model/spec.ts';
import { acknowledgedIn } from '../../proofs/drilling/writes.ts';
import { answeredRequests, askedRoutes, customerRequests } from '../../proofs/release/drill.ts';
import type { Dependent } from './input.ts';
import type { Params } from './params.ts';

export type Subject = DrillSubject<Dependent, Params>;
export type Needs = 'deeds' | 'edge' | 'faults' | 'load' | 'parts' | 'people';
export type Context = StepContext<Needs>;

/** Answers are held to seconds, and to whether they came at all: a request that leaves a little late tells as much. */
const LATE_MS = 1000;
/** Writes are sent for as long before anything is broken: one at the least, at the lowest rate. */
const WRITES_SECONDS = 2;

export interface Rates {
  /** Requests a second to each service that customers read from. */
  readonly perSecond: number;
  /** Writes a second. */
  readonly writes: number;
}

/** What customers ask for, and what they have written so far. */
export interface Customers {
  readonly reads: ReadonlyMap<string, readonly LoadRequest[]>;
  readonly deed: Deed;
  readonly rates: Rates;
  /** Ids of the writes that were acknowledged so far. */
  readonly acknowledged: Set<string>;
}

/** What came of the requests to one service. */
export interface Answers {
  readonly sent: number;
  /** Answered as on any day. */
  readonly served: number;
  /** 503: it says that it cannot now. */
  readonly refused: number;
  /** Neither: another failure, a redirect, or no answer at all. */
  readonly broken: number;
  /** `502 x 3, reset x 1` */
  readonly kinds: string;
  readonly medianMs: number;
  readonly longestMs: number;
}

/** Those of the services that the target runs; it is said of the others that it does not. */
export function presentIn({ target: { parts }, leave }: Context, subjects: readonly Subject[]): Subject[] {
  const [here, absent] = [true, false].map((is) =>
    subjects.filter(({ name }) => parts.replicas(name).length > 0 === is),
  ) as [Subject[], Subject[]];
  for (const { id, name } of absent) leave(id, `the target runs no replica of ${name}`);
  return here;
}

/** Readies the customers: what they read of the services of these subjects, and what they write. */
export async function gather(
  { target: { deeds, edge, load, people } }: Context,
  subjects: readonly Subject[],
  spec: Spec,
  rates: Rates,
): Promise<Customers> {
  const reads = new Map<string, readonly LoadRequest[]>();
  for (const { name, params } of subjects) {
    const service = spec.services.find((one) => one.name === name);
    if (service === undefined || askedRoutes(service).length === 0) continue;
    const samples = await customerRequests(edge, people, [service]);
    const all = [...samples, ...params.asks.map((path) => ({ ...samples[0]!, path }))];
    reads.set(name, await answeredRequests(edge, all));
  }
  const deed = await deeds.prepare();
  const { requests, idHeader } = deed;
  const written = await load.run({
    requests,
    idHeader,
    perSecond: rates.writes,
    seconds: WRITES_SECONDS,
    protocol: 'h2',
  });
  const acknowledged = new Set(acknowledgedIn(written, idHeader));
  // Of writes that nobody takes none is lost.
  if (acknowledged.size === 0)
    throw new CannotTell(
      `none of the ${deed.what} is acknowledged before anything is broken (${inWords(Object.entries({ ...written.statuses, ...written.errors }))})`,
    );
  return { reads, deed, rates, acknowledged };
}

/** Customers come while the work is done. What they write is added to what they have written. */
export async function whileAsked(
  context: Context,
  customers: Customers,
  subjects: readonly Subject[],
  work: () => Promise<void>,
): Promise<ReadonlyMap<string, Answers>> {
  const patienceMs = Math.max(...subjects.map(({ params }) => seconds(params.answersWithin))) * 1000 + 2000;
  const { deed, rates } = customers;
  const start = (requests: readonly LoadRequest[], perSecond: number, idHeader?: string): Promise<RunningLoad> =>
    // Enough for every request that may wait for as long as it may take.
    context.target.load.start({
      requests,
      perSecond,
      protocol: 'h2',
      connections: Math.ceil((perSecond * patienceMs) / 1000),
      timeoutMs: patienceMs,
      ...(idHeader === undefined ? {} : { idHeader }),
    });
  const [writing, ...reading] = await Promise.all([
    start(deed.requests, rates.writes, deed.idHeader),
    ...[...customers.reads.values()].map((requests) => start(requests, rates.perSecond)),
  ]);
  try {
    await work();
  } finally {
    // Also when the work broke off: nobody goes on asking then.
    for (const id of acknowledgedIn(await writing.stop(), deed.idHeader)) customers.acknowledged.add(id);
  }
  const reports = await Promise.all(reading.map((one) => one.stop()));
  return new Map([...customers.reads.keys()].map((name, index) => [name, answersOf(reports[index]!)]));
}

/** Throws {@link CannotTell} where the load shows nothing: the generator was the bottleneck, or it was refused for what it is. */
export function answersOf(report: LoadReport): Answers {
  const { latestMs, sent, statuses, errors, latency } = report;
  if (latestMs > LATE_MS) throw new CannotTell(`the load generator was late by up to ${latestMs.toFixed(0)} ms`);
  if (sent === 0) throw new CannotTell('no request was sent');
  const all = Object.entries(statuses);
  const unasked = all.filter(([status]) => status.startsWith('4'));
  if (unasked.length > 0) throw new CannotTell(`the load itself was refused: ${inWords(unasked)}`);
  // None of them is answered by a redirect while nothing is broken.
  const served = all.filter(([status]) => Number(status) < 300);
  const broken = [...all.filter(([status]) => Number(status) >= 300 && status !== '503'), ...Object.entries(errors)];
  return {
    sent,
    served: sum(served),
    refused: statuses['503'] ?? 0,
    broken: sum(broken),
    kinds: inWords(all.filter(([status]) => status === '503').concat(broken)),
    medianMs: latency.p50,
    longestMs: latency.max,
  };
}

function sum(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0);
}

function inWords(counts: readonly (readonly [string, number])[]): string {
  return counts.map(([kind, count]) => `${kind} x ${count}`).join(', ');
}
