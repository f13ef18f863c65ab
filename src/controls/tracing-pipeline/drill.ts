/** A store is stopped for a moment while a customer waits for an answer, and the trace of that request must show who waited for what. */
import { z } from 'zod';
import { CannotTell, defineDrill, type StepContext } from '../../model/drill/drill.ts';
import type { Journey, Span } from '../../model/drill/traces.ts';
import { pause, until } from '../../model/drill/until.ts';
import { journeyAnswers } from '../../proofs/drilling/journey.ts';
import type { EnvironmentFacts, ServiceFacts } from './query.ts';

const NEEDS = ['edge', 'parts', 'traces'] as const;
type Needs = (typeof NEEDS)[number];

interface Params {
  /** Why a service sends no spans: then nobody waits for them. */
  readonly untraced: string;
  readonly arrivesWithin: number;
  readonly explained: number;
}

const parameters = z.object({
  slow: z.number().min(200).max(10_000).default(1500).describe('Milliseconds for which the store is stopped.'),
});
type Parameters = z.infer<typeof parameters>;

export const drill = defineDrill<ServiceFacts | EnvironmentFacts, Params, Parameters, Needs>({
  summary:
    'Stops the store that a public service depends on while a request waits for it, and looks for that time in the spans of the request.',
  blastRadius: 'Everything that uses the store waits as long as it is stopped, a second and a half by default.',
  needs: NEEDS,
  parameters,
  plan({ subjects, parameters: { slow }, spec }) {
    const [params] = subjects.map((subject) => subject.params);
    if (params === undefined) return { runs: [] };
    const services = subjects.flatMap(({ id, name, input, params }) =>
      input.about === 'service' && params.untraced === '' ? [{ id, name }] : [],
    );
    const pathOf = (service: string): string | undefined =>
      spec.services.find(({ name }) => name === service)?.routes.find(({ protocol }) => protocol !== 'grpc')?.path;
    let journey: Journey;
    let spans: readonly Span[] = [];
    return {
      runs: [
        {
          name: 'the spans of a slow request',
          subjects: subjects.map(({ id }) => id),
          hypothesis: [journeyAnswers],
          method: [
            {
              name: 'stop the store while a request waits for it',
              kind: 'fault',
              timeoutMs: 90_000,
              async run(context) {
                const { parts, traces } = context.target;
                const warm = await traces.journey();
                const store = criticalStore(spec, warm.service);
                const [server] = parts.serversOf(store);
                if (server === undefined) throw new CannotTell(`the target runs no server of ${store}`);
                let goesOn = Promise.resolve();
                journey = await traces.journey(async () => {
                  await parts.freeze(server);
                  context.mark(`${server} stopped`);
                  goesOn = pause(slow, context.signal).then(() => parts.thaw(server));
                  // Whoever waits for it below hears of it; meanwhile it must not end the process.
                  goesOn.catch(() => undefined);
                });
                await goesOn;
                context.mark(`${server} goes on`);
                if (journey.ms < slow / 2)
                  throw new CannotTell(
                    `the request was answered ${journey.status} after ${Math.round(journey.ms)} ms, and did not wait for ${store}`,
                  );
                context.observe({
                  name: 'time of the slow request',
                  value: journey.ms,
                  unit: 'ms',
                  detail: `answered ${journey.status} under trace ${journey.traceId}, ${store} was stopped for ${slow} ms`,
                });
              },
            },
            {
              name: 'wait for its spans',
              kind: 'measure',
              timeoutMs: 120_000,
              async run(context) {
                const { parts } = context.target;
                const running = services.filter(({ name }) => parts.replicas(name).length > 0);
                for (const { id, name } of services)
                  if (parts.replicas(name).length === 0) context.leave(id, `the target runs no replica of ${name}`);
                const apart = running.filter(({ name }) => name !== journey.service && pathOf(name) !== undefined);
                const onTheWay = running.filter((one) => !apart.includes(one));
                const all = async (traceId: string, names: readonly string[]): Promise<readonly Span[]> => {
                  let found: readonly Span[] = [];
                  const has = (service: string): boolean => found.some((span) => span.service === service);
                  await until(
                    async () => {
                      found = await context.target.traces.of(traceId);
                      return names.every(has) ? true : undefined;
                    },
                    { signal: context.signal, forMs: params.arrivesWithin * 1000, everyMs: 250 },
                  );
                  return found;
                };
                spans = await all(
                  journey.traceId,
                  onTheWay.map(({ name }) => name),
                );
                context.keep('spans', spans);
                for (const { id, name } of onTheWay) spansOf(context, id, name, spans, params);
                for (const { id, name } of apart) {
                  const traceId = await ask(context, name, pathOf(name) ?? '/');
                  spansOf(context, id, name, await all(traceId, [name]), params);
                }
              },
            },
            {
              name: 'look where the time went',
              kind: 'measure',
              timeoutMs: 10_000,
              run(context) {
                explain(context, journey, spans, params);
                return Promise.resolve();
              },
            },
          ],
        },
      ],
    };
  },
});

interface SpecOfStores {
  readonly services: readonly {
    readonly name: string;
    readonly criticalDependencies?: readonly string[] | undefined;
  }[];
}

function criticalStore({ services }: SpecOfStores, service: string): string {
  const own = services.find(({ name }) => name === service)?.criticalDependencies ?? [];
  const store = own.find((target) => target.startsWith('store/'));
  if (store === undefined) throw new CannotTell(`the spec names no store in criticalDependencies of ${service}`);
  return store.slice('store/'.length);
}

/** Sends a request of its own to a public service; answers its trace. */
async function ask({ target: { edge } }: StepContext<Needs>, service: string, path: string): Promise<string> {
  const traceId = crypto.randomUUID().replaceAll('-', '');
  const headers = { traceparent: `00-${traceId}-${traceId.slice(0, 16)}-01` };
  await edge.ask(edge.host(service), path.replaceAll('*', 'drill'), { headers });
  return traceId;
}

/** Services that the request does not come to leave no span of it, and nobody can speak for them. */
function spansOf(
  context: StepContext<Needs>,
  subject: string,
  service: string,
  spans: readonly Span[],
  { arrivesWithin }: Params,
): void {
  const own = spans.filter((span) => span.service === service);
  context.observe({
    subject,
    name: 'spans of the request',
    value: own.length,
    unit: 'spans',
    atLeast: 1,
    detail: own.length === 0 ? `${service} sent none within ${arrivesWithin} s` : own[0]!.name,
  });
}

/** The time of the request, and how much of it the spans below its first one account for. */
function explain(
  context: StepContext<Needs>,
  { ms, service }: Journey,
  spans: readonly Span[],
  { explained }: Params,
): void {
  const own = spans.filter((span) => span.service === service);
  const server = own.find(({ kind }) => kind === 'server') ?? own[0];
  const inner = own.filter((span) => span !== server);
  const longest = inner.toSorted((a, b) => b.durationMs - a.durationMs)[0];
  const share = server === undefined || server.durationMs === 0 ? 0 : covered(inner, server) / server.durationMs;
  context.observe({
    name: 'share of the time that spans explain',
    value: share,
    unit: 'ratio',
    atLeast: explained,
    detail:
      longest === undefined
        ? `nothing below ${server?.name ?? `a span of ${service}`} says where ${Math.round(ms)} ms went`
        : `${longest.name} took ${Math.round(longest.durationMs)} of ${Math.round(server?.durationMs ?? 0)} ms`,
  });
}

/** Milliseconds of a span during which at least one of the others ran. */
function covered(spans: readonly Span[], { startMs, durationMs }: Span): number {
  let reached = startMs;
  let total = 0;
  for (const span of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const end = Math.min(span.startMs + span.durationMs, startMs + durationMs);
    const from = Math.max(span.startMs, reached);
    if (end <= from) continue;
    total += end - from;
    reached = end;
  }
  return total;
}
