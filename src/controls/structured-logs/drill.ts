/** Requests are sent through every public service and on to the workers, and the newest lines of every replica are held against the schema. */
import { z } from 'zod';
import type { Capabilities } from '../../model/drill/capabilities.ts';
import { defineDrill, type StepContext } from '../../model/drill/drill.ts';
import { until } from '../../model/drill/until.ts';
import { lineFaults, linesSince, type LineSchema } from './line.ts';
import type { EnvironmentFacts, ServiceFacts } from './query.ts';

const NEEDS = ['edge', 'logs', 'parts', 'traces'] as const;
type Needs = (typeof NEEDS)[number];

const parameters = z.object({
  lines: z.int().min(1).max(1000).default(200).describe('Newest lines of each replica that are looked at.'),
});
type Parameters = z.infer<typeof parameters>;

export const drill = defineDrill<ServiceFacts | EnvironmentFacts, Params, Parameters, Needs>({
  summary:
    'Sends requests through the edge to every public service, has every replica write a line, and holds the newest lines of each against the schema.',
  blastRadius:
    'A handful of requests, one of them a second of use that a test customer is billed for, and a line of each replica that says it is of a drill.',
  needs: NEEDS,
  parameters,
  plan({ subjects, parameters: { lines }, spec }) {
    if (subjects.length === 0) return { runs: [] };
    /** One search finds the lines that this run had written, and no others. */
    const mark = `drill of structured logs ${crypto.randomUUID()}`;
    const samplings = subjects.map(({ id, name, input, params }): Sampling => ({
      id,
      name,
      isEdge: input.about === 'environment',
      params,
      lines,
      mark,
    }));
    /** The newest lines before anything is sent, by part. */
    const before = new Map<string, readonly string[]>();
    const longest = Math.max(...subjects.map(({ params }) => params.arrivesWithin));
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
              async run({ target: { edge, logs, parts, traces } }) {
                for (const part of samplings.flatMap((one) => partsOf({ logs, parts }, one)))
                  before.set(part, await logs.last(part, lines + 1));
                for (const { name, path } of routes) {
                  const replicas = parts.replicas(name).length;
                  for (let sent = 0; sent < replicas * 2; sent++) await edge.ask(edge.host(name), path);
                }
                await traces.journey();
                // What has nothing to do has nothing to say, so each is made to.
                for (const { name } of samplings.filter(({ isEdge }) => !isEdge))
                  for (const part of parts.replicas(name)) await logs.write(part, mark);
              },
            },
            {
              name: 'hold the newest lines against the schema',
              kind: 'measure',
              timeoutMs: longest * 1000 + 60_000,
              async run(context) {
                await Promise.all(
                  samplings.map(async (one) => {
                    const own = partsOf(context.target, one);
                    // What the target does not run nobody can speak for.
                    if (own.length === 0) return;
                    const route = routes.find(({ name }) => name === one.name);
                    const taken = await sample(context, one, { parts: own, before, route });
                    judge(context, one, taken, one.isEdge || route !== undefined);
                  }),
                );
              },
            },
          ],
        },
      ],
    };
  },
});

interface Params extends LineSchema {
  readonly arrivesWithin: number;
}

/** A public path of a service. */
interface Asked {
  readonly name: string;
  readonly path: string;
}

interface Sampling {
  readonly id: string;
  readonly name: string;
  readonly isEdge: boolean;
  readonly params: Params;
  /** Newest lines of each part that are looked at. */
  readonly lines: number;
  readonly mark: string;
}

/** What the sink has of one part. */
interface Sample {
  readonly part: string;
  /** Those of the part's own accord, oldest first. */
  readonly lines: readonly string[];
  /** How many of them came since the drill began. */
  readonly fresh: number;
  /** Whether the line that it was made to write has come. */
  readonly marked: boolean;
}

function partsOf({ logs, parts }: Pick<Capabilities, 'logs' | 'parts'>, { isEdge, name }: Sampling): readonly string[] {
  return isEdge ? logs.edges : parts.replicas(name);
}

/** Looks until everything that the drill had written has come, or the time for that is over. */
async function sample(
  { target: { edge, logs }, signal }: StepContext<Needs>,
  { isEdge, params, lines, mark }: Sampling,
  {
    parts,
    before,
    route,
  }: {
    readonly parts: readonly string[];
    readonly before: ReadonlyMap<string, readonly string[]>;
    readonly route: Asked | undefined;
  },
): Promise<Sample[]> {
  let taken: Sample[] = [];
  const look = async (): Promise<true | undefined> => {
    taken = await Promise.all(
      parts.map(async (part) => {
        // Asked for by itself: of a part that writes much the newest lines are soon others. And first: what came before it is there then.
        const found = await logs.find(mark, { part, limit: 1 });
        const all = await logs.last(part, lines + 1);
        const ofItself = (those: readonly string[]) => those.filter((line) => !line.includes(mark));
        const fresh = ofItself(linesSince(before.get(part) ?? [], all)).length;
        return { part, lines: ofItself(all).slice(-lines), fresh, marked: found.length > 0 };
      }),
    );
    const isTold = (route === undefined && !isEdge) || taken.every((one) => requestsOf([one], params) > 0);
    if (isTold && (isEdge || taken.every(({ marked }) => marked))) return true;
    // A replica that has just come may get no request of the first ones.
    if (!isTold && route !== undefined) await edge.ask(edge.host(route.name), route.path);
    return undefined;
  };
  await until(look, { signal, forMs: params.arrivesWithin * 1000, everyMs: 500 });
  return taken;
}

/** Lines about requests that came since the drill began. */
function requestsOf(taken: readonly Sample[], schema: LineSchema): number {
  return taken
    .flatMap(({ lines, fresh }) => lines.slice(Math.max(0, lines.length - fresh)))
    .filter((line) => lineFaults(line, schema).isRequest).length;
}

function judge({ observe }: StepContext<Needs>, one: Sampling, taken: readonly Sample[], isAsked: boolean): void {
  const { id, isEdge, params } = one;
  const judged = taken.flatMap(({ part, lines }) => lines.map((line) => ({ part, ...lineFaults(line, params) })));
  const unfit = judged.filter(({ faults }) => faults.length > 0);
  const requests = requestsOf(taken, params);
  const [worst] = unfit;
  observe({
    subject: id,
    name: 'lines that do not fit the schema',
    value: unfit.length,
    unit: 'lines',
    is: 0,
    detail:
      worst === undefined
        ? `${judged.length} lines fit, ${requests} of them about requests of this drill`
        : `${worst.part}: ${worst.faults.join(', ')}`,
  });
  const none = (name: string, those: readonly Sample[]): void =>
    observe({
      subject: id,
      name,
      value: those.length,
      unit: 'replicas',
      is: 0,
      ...(those.length === 0 ? {} : { detail: those.map(({ part }) => part).join(', ') }),
    });
  none(
    'replicas without a line in the sink',
    taken.filter(({ lines }) => lines.length === 0),
  );
  if (!isEdge)
    none(
      'replicas whose lines do not reach the sink now',
      taken.filter(({ marked }) => !marked),
    );
  if (!isAsked) return;
  const unasked = taken.filter((one) => requestsOf([one], params) === 0).map(({ part }) => part);
  observe({
    subject: id,
    name: 'replicas without a line about a request of this drill',
    value: unasked.length,
    unit: 'replicas',
    ...(unasked.length === 0 ? {} : { detail: unasked.join(', ') }),
  });
  observe({
    subject: id,
    name: 'lines about requests',
    value: requests,
    unit: 'lines',
    atLeast: 1,
    ...(requests > 0
      ? {}
      : {
          detail: `none of the lines since the drill began has ${params.requestMark}, ${params.arrivesWithin} s later`,
        }),
  });
}
