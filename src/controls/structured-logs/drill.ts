/** Requests are sent through every public service and on to the workers, and the newest lines of every replica are held against the schema. */
import { z } from 'zod';
import { defineDrill, type StepContext } from '../../model/drill/drill.ts';
import { pause } from '../../model/drill/until.ts';
import { lineFaults, type LineSchema } from './line.ts';
import type { EnvironmentFacts, ServiceFacts } from './query.ts';

const NEEDS = ['edge', 'logs', 'parts', 'traces'] as const;
type Needs = (typeof NEEDS)[number];

const parameters = z.object({
  lines: z.int().min(1).max(1000).default(200).describe('Newest lines of each replica that are looked at.'),
  wait: z.number().min(0).max(60).default(3).describe('Seconds from the requests until their lines are looked for.'),
});
type Parameters = z.infer<typeof parameters>;

export const drill = defineDrill<ServiceFacts | EnvironmentFacts, LineSchema, Parameters, Needs>({
  summary:
    'Sends requests through the edge to every public service, and holds the newest lines of every replica against the schema.',
  blastRadius: 'A handful of requests, one of them a second of use that a test customer is billed for.',
  needs: NEEDS,
  parameters,
  plan({ subjects, parameters: { lines, wait }, spec }) {
    const [schema] = subjects.map(({ params }) => params);
    if (schema === undefined) return { runs: [] };
    const routes = spec.services.flatMap(({ name, routes }) =>
      routes
        .filter(({ protocol }) => protocol !== 'grpc')
        .slice(0, 1)
        .map(({ path }) => ({ name, path: path.replaceAll('*', 'drill') })),
    );
    return {
      runs: [
        {
          name: 'the lines of every service',
          subjects: subjects.map(({ id }) => id),
          hypothesis: [
            {
              name: 'services of the spec that run',
              unit: 'services',
              timeoutMs: 10_000,
              tolerance: { atLeast: 1 },
              measure: ({ target: { parts } }) =>
                Promise.resolve(spec.services.filter(({ name }) => parts.replicas(name).length > 0).length),
            },
          ],
          method: [
            {
              name: 'send requests that leave lines',
              kind: 'act',
              timeoutMs: 60_000,
              async run({ target: { edge, parts, traces }, signal }) {
                for (const { name, path } of routes) {
                  const replicas = parts.replicas(name).length;
                  for (let sent = 0; sent < replicas * 2; sent++) await edge.ask(edge.host(name), path);
                }
                await traces.journey();
                await pause(wait * 1000, signal);
              },
            },
            {
              name: 'hold the newest lines against the schema',
              kind: 'measure',
              timeoutMs: 60_000,
              async run(context) {
                for (const { id, name, input, params } of subjects) {
                  const { parts, logs } = context.target;
                  const of = input.about === 'environment' ? logs.edges : parts.replicas(name);
                  // What the target does not run nobody can speak for.
                  if (of.length === 0) continue;
                  const expectsRequests = input.about === 'environment' || routes.some((route) => route.name === name);
                  await sample(context, { id, parts: of, schema: params, lines, expectsRequests });
                }
              },
            },
          ],
        },
      ],
    };
  },
});

interface Sampling {
  readonly id: string;
  readonly parts: readonly string[];
  readonly schema: LineSchema;
  readonly lines: number;
  readonly expectsRequests: boolean;
}

async function sample(
  context: StepContext<Needs>,
  { id, parts, schema, lines, expectsRequests }: Sampling,
): Promise<void> {
  const taken = await Promise.all(
    parts.map(async (part) => ({ part, lines: await context.target.logs.last(part, lines) })),
  );
  const judged = taken.flatMap(({ part, lines: own }) => own.map((line) => ({ part, ...lineFaults(line, schema) })));
  const unfit = judged.filter(({ faults }) => faults.length > 0);
  const silent = taken.filter(({ lines: own }) => own.length === 0).map(({ part }) => part);
  const requests = judged.filter(({ isRequest }) => isRequest).length;
  const [worst] = unfit;
  context.observe({
    subject: id,
    name: 'lines that do not fit the schema',
    value: unfit.length,
    unit: 'lines',
    is: 0,
    detail:
      worst === undefined
        ? `${judged.length} lines fit, ${requests} of them about requests`
        : `${worst.part}: ${worst.faults.join(', ')}`,
  });
  context.observe({
    subject: id,
    name: 'replicas without a line in the sink',
    value: silent.length,
    unit: 'replicas',
    is: 0,
    ...(silent.length === 0 ? {} : { detail: silent.join(', ') }),
  });
  if (expectsRequests)
    context.observe({
      subject: id,
      name: 'lines about requests',
      value: requests,
      unit: 'lines',
      atLeast: 1,
      ...(requests > 0 ? {} : { detail: `none of the newest ${judged.length} lines has ${schema.requestMark}` }),
    });
}
