/** Delivers events as a network does, many times, late and in the wrong order; as a forger does; and not at all. */
import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { Effect, SentEvent, Signature, Webhooks } from '../../model/drill/webhooks.ts';
import { pause, until } from '../../model/drill/until.ts';
import type { Params } from './check.ts';
import type { Ingestion } from './input.ts';

type Subject = DrillSubject<Ingestion[], Params>;
type Context = StepContext<'webhooks'>;

interface Parameters {
  readonly events: number;
  readonly times: number;
  readonly later: number;
}

const MINUTE = 60_000;
const TOO_MANY = 429;
const POLL_MS = 200;
const FORGED: readonly Signature[] = ['none', 'other-key', 'other-body', 'old'];
/** Of a comparison beyond its pause: listing, applying. Seconds. */
const COMPARING = 10;

export const drill = defineDrill({
  summary:
    'Delivers webhooks several times at once, again later, in the wrong order and with forged signatures, and loses some, which the comparison must find.',
  blastRadius:
    'Some payments of objects that no customer has stay in the database; forged deliveries count in the metrics.',
  needs: ['webhooks'],
  parameters: z.object({
    events: z.int().min(1).max(100).default(5).describe('Events of each kind.'),
    times: z.int().min(2).max(50).default(4).describe('How often each event is delivered at once.'),
    later: z
      .number()
      .min(0)
      .max(60)
      .default(3)
      .describe('Seconds after which effects are looked at once more, for what a queue brings late.'),
  }),
  plan: ({ subjects, parameters }: { readonly subjects: readonly Subject[]; readonly parameters: Parameters }) => ({
    runs: subjects.map((subject) => rehearsal(subject, parameters)),
  }),
});

function rehearsal(subject: Subject, parameters: Parameters): Rehearsal<'webhooks'> {
  const step = (name: string, run: (context: Context) => Promise<void>) => ({
    name,
    kind: 'measure' as const,
    timeoutMs: 3 * MINUTE,
    run,
  });
  return {
    name: `what becomes of the webhooks of ${subject.name}`,
    subjects: [subject.id],
    hypothesis: [
      {
        name: 'a delivery that is taken',
        unit: 'status',
        timeoutMs: MINUTE,
        tolerance: { atLeast: 200, atMost: 299 },
        measure: async ({ target: { webhooks } }) =>
          webhooks.deliver(await webhooks.make({ object: nameOf('steady', 0), change: 'paid' })),
      },
    ],
    method: [
      step('deliver each event several times', (context) => repeat(subject, parameters, context)),
      step('deliver in the wrong order', (context) => reorder(subject, parameters, context)),
      step('forge', (context) => forge(parameters, context)),
      step('lose some', (context) => lose(subject, parameters, context)),
    ],
  };
}

async function repeat({ params }: Subject, { events, times, later }: Parameters, context: Context): Promise<void> {
  const { webhooks } = context.target;
  const sent = await makeAll(webhooks, 'repeated', events);
  const statuses = (
    await Promise.all(sent.map((event) => Promise.all(Array.from({ length: times }, () => attempt(webhooks, event)))))
  ).flat();
  for (const event of sent) statuses.push(await webhooks.deliver(event));
  const effects = await settled(context, sent, params, later, ({ effect }) => effect !== undefined);
  context.keep('repeated', { statuses, effects });
  context.observe({ name: 'deliveries', value: statuses.length, unit: 'deliveries' });
  // The sender takes anything but 2xx for a failure and delivers again: nothing is lost by it, and nothing may be gained.
  context.observe({
    name: 'deliveries answered by an error',
    value: statuses.filter((status) => status === 0 || status >= 500).length,
    unit: 'deliveries',
  });
  count(context, 'events not applied', effects, (effect) => effect === undefined);
  count(context, 'events applied more than once', effects, (effect) => (effect?.writes ?? 0) > 1);
}

/** 0: no answer, after which a sender delivers again, as the drill does. */
function attempt(webhooks: Webhooks, event: SentEvent): Promise<number> {
  return webhooks.deliver(event).catch(() => 0);
}

/** The newer event first: what it says must stand when the older one comes. */
async function reorder({ params }: Subject, { events, later }: Parameters, context: Context): Promise<void> {
  const { webhooks } = context.target;
  const pairs = await Promise.all(
    Array.from({ length: events }, async (_, at) => {
      const object = nameOf('reordered', at);
      return {
        older: await webhooks.make({ object, change: 'failed', agoSeconds: 60 }),
        newer: await webhooks.make({ object, change: 'paid', agoSeconds: 30 }),
      };
    }),
  );
  for (const { older, newer } of pairs) {
    for (const event of [newer, older]) {
      const status = await webhooks.deliver(event);
      if (status >= 300) throw new CannotTell(`a delivery was answered ${status}, so nothing came in the wrong order`);
    }
  }
  const newest = pairs.map(({ newer }) => newer);
  const effects = await settled(context, newest, params, later, ({ effect, event }) => effect?.event === event.id);
  count(context, 'objects in the state of an older event', effects, (effect, { id }) => effect?.event !== id);
}

async function forge({ events, later }: Parameters, context: Context): Promise<void> {
  const { webhooks } = context.target;
  const taken: string[] = [];
  const sent: { readonly how: Signature; readonly event: SentEvent }[] = [];
  for (const how of FORGED)
    for (const event of await makeAll(webhooks, `forged-${how}`, events)) {
      const status = await webhooks.deliver(event, how);
      if (status >= 500 || status === TOO_MANY)
        throw new CannotTell(`a forged delivery was answered ${status}, which says nothing of its signature`);
      if (status < 400) taken.push(`${how} (${status})`);
      sent.push({ how, event });
    }
  await pause(later * 1000, context.signal);
  const applied: string[] = [];
  for (const { how, event } of sent) if ((await webhooks.effect(event.object)) !== undefined) applied.push(how);
  const told = (list: readonly string[]) => (list.length === 0 ? {} : { detail: [...new Set(list)].join(', ') });
  context.observe({ name: 'forged deliveries taken', value: taken.length, unit: 'deliveries', is: 0, ...told(taken) });
  context.observe({ name: 'forged events applied', value: applied.length, unit: 'events', is: 0, ...told(applied) });
}

/** Lost long enough ago that no delivery can be under way; then found by two comparisons at the latest, and not applied again when it comes after all. */
async function lose({ input, params }: Subject, { events, later }: Parameters, context: Context): Promise<void> {
  const { webhooks } = context.target;
  const { everySeconds, settleSeconds } = webhooks.comparison;
  const declared = Math.max(...input.map(({ reconciler }) => reconciler?.everySeconds ?? Infinity));
  if (everySeconds > 300)
    throw new CannotTell(`this target compares every ${everySeconds} s, too rarely to be waited for`);
  const sent = await makeAll(webhooks, 'lost', events, settleSeconds + 60);
  const began = context.now();
  const patience = (2 * everySeconds * 1.1 + COMPARING) * 1000;
  let effects = await effectsOf(webhooks, sent);
  while (effects.some(({ effect }) => effect === undefined) && context.now() - began < patience) {
    await pause(POLL_MS, context.signal);
    effects = await effectsOf(webhooks, sent);
  }
  const took = (context.now() - began) / 1000;
  const lost = effects.filter(({ effect }) => effect === undefined);
  count(context, 'lost events never applied', effects, (effect) => effect === undefined);
  if (lost.length === 0)
    context.observe({
      name: 'lost to applied',
      value: took,
      unit: 's',
      atMost: Math.min(declared, seconds(params.reconcileWithin)) + settleSeconds,
      detail: `this target compares every ${everySeconds} s`,
    });
  for (const event of sent) await webhooks.deliver(event);
  await pause(later * 1000, context.signal);
  count(
    context,
    'lost events applied again when they came',
    await effectsOf(webhooks, sent),
    (effect) => (effect?.writes ?? 0) > 1,
  );
}

interface Applied {
  readonly event: SentEvent;
  readonly effect: Effect | undefined;
}

/** What became of them once all are as they should be, or the time for that is over; and a little later, when what comes late has come as well. */
async function settled(
  context: Context,
  sent: readonly SentEvent[],
  { appliesWithin }: Params,
  later: number,
  isDone: (applied: Applied) => boolean,
): Promise<Applied[]> {
  const { signal, target } = context;
  await until(async () => ((await effectsOf(target.webhooks, sent)).every(isDone) ? true : undefined), {
    signal,
    forMs: seconds(appliesWithin) * 1000,
    everyMs: POLL_MS,
  });
  await pause(later * 1000, signal);
  return effectsOf(target.webhooks, sent);
}

function effectsOf(webhooks: Webhooks, sent: readonly SentEvent[]): Promise<Applied[]> {
  return Promise.all(sent.map(async (event) => ({ event, effect: await webhooks.effect(event.object) })));
}

function makeAll(webhooks: Webhooks, what: string, events: number, agoSeconds = 0): Promise<SentEvent[]> {
  return Promise.all(
    Array.from({ length: events }, (_, at) => webhooks.make({ object: nameOf(what, at), change: 'paid', agoSeconds })),
  );
}

function count(
  context: Context,
  name: string,
  applied: readonly Applied[],
  is: (effect: Effect | undefined, event: SentEvent) => boolean,
): void {
  const found = applied.filter(({ effect, event }) => is(effect, event));
  const detail = found.length === 0 ? {} : { detail: found.map(({ event }) => event.id).join(', ') };
  context.observe({ name, value: found.length, unit: 'events', is: 0, ...detail });
}

/** Never the same twice: an object that was there before would hide that nothing was applied. */
function nameOf(what: string, at: number): string {
  return `in_drill_${what}_${at}_${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
}
