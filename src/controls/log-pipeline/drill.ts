/** Every replica writes a line that nobody has written before, and the sink is asked for it. */
import { z } from 'zod';
import { CannotTell, defineDrill, type Rehearsal } from '../../model/drill/drill.ts';
import { until } from '../../model/drill/until.ts';
import type { LogPipeline } from './query.ts';

const NEEDS = ['logs', 'parts'] as const;
type Needs = (typeof NEEDS)[number];

interface Params {
  readonly arrivesWithin: number;
}

const parameters = z.object({
  lines: z.int().min(1).max(100).default(3).describe('Lines that each replica writes.'),
});
type Parameters = z.infer<typeof parameters>;

export const drill = defineDrill<LogPipeline, Params, Parameters, Needs>({
  summary:
    'Has every replica of every service write marked lines to its standard output, and looks for them in the sink.',
  blastRadius: 'A few lines in the logs of each replica, which say that they are of a drill.',
  needs: NEEDS,
  parameters,
  plan: ({ subjects, parameters: { lines }, spec }) => ({
    runs: subjects.map(({ id, params }) =>
      markers(
        id,
        spec.services.map(({ name }) => name),
        lines,
        params,
      ),
    ),
  }),
});

function markers(
  subject: string,
  services: readonly string[],
  lines: number,
  { arrivesWithin }: Params,
): Rehearsal<Needs> {
  // One search finds the lines of this run, and of no other.
  const mark = `drill of the log pipeline ${crypto.randomUUID()}`;
  let written: { readonly service: string; readonly part: string; readonly message: string }[] = [];
  let since = 0;
  return {
    name: 'the way of a line to the sink',
    subjects: [subject],
    hypothesis: [
      {
        name: 'services of the spec that run',
        unit: 'services',
        timeoutMs: 10_000,
        tolerance: { atLeast: 1 },
        measure: ({ target }) =>
          Promise.resolve(services.filter((name) => target.parts.replicas(name).length > 0).length),
      },
    ],
    method: [
      {
        name: 'write marked lines as each replica',
        kind: 'act',
        timeoutMs: 30_000,
        async run(context) {
          const { logs, parts } = context.target;
          const replicas = services.flatMap((service) => parts.replicas(service).map((part) => ({ service, part })));
          since = context.now();
          written = replicas.flatMap((one) =>
            Array.from({ length: lines }, (_, at) => ({ ...one, message: `${mark}: line ${at + 1} of ${one.part}.` })),
          );
          for (const { part, message } of written) await logs.write(part, message);
        },
      },
      {
        name: 'find each of them in the sink',
        kind: 'measure',
        timeoutMs: arrivesWithin * 1000 + 90_000,
        async run(context) {
          const { logs } = context.target;
          const missing = new Map(written.map(({ message, part }) => [message, part]));
          if (missing.size === 0) throw new CannotTell('no replica wrote a line');
          /** Under which other part a line was found, by the part that wrote it: who looks for its lines there finds none. */
          const astray = new Map<string, string>();
          const none = await until(
            async () => {
              const found = await logs.find(mark, { limit: 2 * written.length });
              for (const [message, part] of missing) {
                const places = found.filter(({ line }) => line.includes(message)).map((one) => one.part);
                if (places.length === 0) continue;
                missing.delete(message);
                if (!places.includes(part)) astray.set(part, places[0]!);
              }
              return missing.size === 0 ? true : undefined;
            },
            { signal: context.signal, forMs: arrivesWithin * 1000 - (context.now() - since), everyMs: 250 },
          );
          const lost = [...new Set(missing.values())].sort();
          context.observe({
            name: 'lines that did not arrive',
            value: missing.size,
            unit: 'lines',
            is: 0,
            detail:
              none === undefined
                ? `of ${lost.join(', ')}`
                : `${written.length} of ${new Set(written.map(({ part }) => part)).size} replicas arrived`,
          });
          context.observe({
            name: 'replicas whose lines are filed under another part',
            value: astray.size,
            unit: 'replicas',
            is: 0,
            ...(astray.size === 0
              ? {}
              : { detail: [...astray].map(([part, place]) => `${part} under ${place}`).join(', ') }),
          });
          const unseen = services.filter((name) => !written.some(({ service }) => service === name));
          context.observe({
            name: 'services that this target does not run',
            value: unseen.length,
            unit: 'services',
            ...(unseen.length === 0 ? {} : { detail: `nothing was seen of the lines of ${unseen.join(', ')}` }),
          });
          if (none === true)
            context.observe({
              name: 'line to sink',
              value: (context.now() - since) / 1000,
              unit: 's',
              atMost: arrivesWithin,
            });
        },
      },
    ],
  };
}
