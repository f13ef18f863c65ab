/** One request is followed by its id: from the edge to the API, over the queue to the workers, and back to the customer as an event. */
import { z } from 'zod';
import { CannotTell, defineDrill, type StepContext } from '../../model/drill/drill.ts';
import type { Journey } from '../../model/drill/traces.ts';
import { until } from '../../model/drill/until.ts';
import { journeyAnswers } from '../../proofs/drilling/journey.ts';
import type { EnvironmentFacts, ServiceFacts } from './query.ts';

const NEEDS = ['edge', 'logs', 'parts', 'traces'] as const;
type Needs = (typeof NEEDS)[number];

interface Params {
  readonly requestHeader: string;
  readonly requestField: string;
  readonly traceField: string;
  readonly followedWithin: number;
}

export const drill = defineDrill<ServiceFacts | EnvironmentFacts, Params, object, Needs>({
  summary:
    'Sends one request of a customer that goes through the API and the queue to the workers and back as an event, and follows its id; and one request to every other public service.',
  blastRadius: 'A second of use that a test customer is billed for, and a few requests.',
  needs: NEEDS,
  parameters: z.object({}),
  plan({ subjects, spec }) {
    const [params] = subjects.map((subject) => subject.params);
    if (params === undefined) return { runs: [] };
    let journey: Journey;
    const services = subjects.flatMap(({ id, name, input }) =>
      input.about === 'service' ? [{ id, name, messaging: input.messaging }] : [],
    );
    const environment = subjects.find(({ input }) => input.about === 'environment')?.id;
    const pathOf = (service: string): string | undefined =>
      spec.services.find(({ name }) => name === service)?.routes.find(({ protocol }) => protocol !== 'grpc')?.path;
    return {
      runs: [
        {
          name: 'one id from the edge to the event',
          subjects: subjects.map(({ id }) => id),
          hypothesis: [journeyAnswers],
          method: [
            {
              name: 'send a request that goes as far as any does',
              kind: 'act',
              timeoutMs: 60_000,
              async run(context) {
                journey = await context.target.traces.journey();
                if (journey.status >= 300) throw new CannotTell(`the request was answered ${journey.status}`);
                context.say(`request ${journey.requestId ?? 'without an id'}, trace ${journey.traceId}`);
              },
            },
            {
              name: 'wait for the event',
              kind: 'measure',
              timeoutMs: 90_000,
              async run(context) {
                const event = await journey.event(params.followedWithin * 1000);
                const same = journey.requestId !== undefined && event?.requestId === journey.requestId;
                context.observe({
                  name: 'events that the customer got under the id of the request',
                  value: same ? 1 : 0,
                  unit: 'events',
                  is: 1,
                  detail:
                    event === undefined
                      ? `no event came within ${params.followedWithin} s`
                      : `it has ${event.requestId ?? 'no request id'} and trace ${event.traceId ?? 'none'}, after ${Math.round(event.ms)} ms`,
                });
              },
            },
            {
              name: 'follow the id through the logs',
              kind: 'measure',
              timeoutMs: 180_000,
              async run(context) {
                const { edge, logs, parts } = context.target;
                const own = { requestId: journey.requestId, traceId: journey.traceId };
                if (environment !== undefined) await follow(context, environment, 'the edge', logs.edges, own, params);
                const starts = services.find(({ name }) => name === journey.service);
                for (const { id, name, messaging } of services) {
                  const replicas = parts.replicas(name);
                  if (replicas.length === 0) {
                    context.leave(id, `the target runs no replica of ${name}`);
                    continue;
                  }
                  const path = pathOf(name);
                  const takesPart = name === journey.service || sharesStores(messaging, starts?.messaging ?? []);
                  if (path === undefined ? !takesPart : name !== journey.service) {
                    if (path === undefined) {
                      context.leave(
                        id,
                        `no request comes to ${name}: it has no public route, and no part in the journey`,
                      );
                      continue;
                    }
                    const answer = await edge.ask(edge.host(name), path.replaceAll('*', 'drill'));
                    const requestId = answer.headers[params.requestHeader];
                    await follow(context, id, name, replicas, { requestId }, params);
                  } else await follow(context, id, name, replicas, own, params);
                }
              },
            },
          ],
        },
      ],
    };
  },
});

/** What a service hands on by messages comes to those that use one of the same stores. */
function sharesStores(one: readonly string[], other: readonly string[]): boolean {
  return one.some((store) => other.includes(store));
}

interface Followed {
  readonly requestId?: string | undefined;
  readonly traceId?: string;
}

/** Looks for the id in the lines of these parts. */
async function follow(
  context: StepContext<Needs>,
  subject: string,
  who: string,
  parts: readonly string[],
  { requestId, traceId }: Followed,
  params: Params,
): Promise<void> {
  if (requestId === undefined) {
    const detail = `the edge answered without ${params.requestHeader}`;
    context.observe({ subject, name: 'lines under the id', value: 0, unit: 'lines', atLeast: 1, detail });
    return;
  }
  const { logs } = context.target;
  const found = await until(
    async () => {
      const lines = (await logs.find(requestId)).filter(({ part }) => parts.includes(part)).map(({ line }) => line);
      const own = lines.flatMap((line) => fieldsOf(line)).filter((line) => line[params.requestField] === requestId);
      return own.length > 0 ? own : undefined;
    },
    { signal: context.signal, forMs: params.followedWithin * 1000, everyMs: 250 },
  );
  context.observe({
    subject,
    name: 'lines under the id',
    value: found?.length ?? 0,
    unit: 'lines',
    atLeast: 1,
    detail: found === undefined ? `${who} logged nothing with ${params.requestField} ${requestId}` : who,
  });
  if (traceId === undefined || found === undefined) return;
  const strange = found.filter((line) => line[params.traceField] !== traceId);
  context.observe({
    subject,
    name: 'lines under the id and another trace',
    value: strange.length,
    unit: 'lines',
    is: 0,
    ...(strange.length === 0 ? {} : { detail: `${who} logged trace ${String(strange[0]?.[params.traceField])}` }),
  });
}

function fieldsOf(line: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [value as Record<string, unknown>] : [];
  } catch {
    return [];
  }
}
