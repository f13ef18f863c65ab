/** What stands before a promotion, run for real: smoke, a short load, and a rollback rehearsal; and a bad candidate, which they must stop. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillInput,
  type DrillSubject,
  type Step,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { Spec } from '../../model/spec.ts';
import { pause } from '../../model/drill/until.ts';
import { edgeAnswers, NOWHERE } from '../../proofs/edge/drill.ts';
import { askedServices, customerRequests, type Seen } from '../../proofs/release/drill.ts';
import { releasedService, releaseSteps, underLoad, type ReleaseNeeds } from '../../proofs/release/rehearsal.ts';

const parameters = z.object({
  perSecond: z.int().min(1).max(1000).default(20).describe('Requests a second of the short load'),
  seconds: z.int().min(1).max(600).default(3).describe('Seconds of the short load'),
  replicas: z.int().min(1).max(50).default(1).describe('Most replicas that are replaced in the rollback rehearsal'),
  failing: z.number().gt(0).max(1).default(0.2).describe("Share of the bad candidate's answers that fail"),
});

type Settings = z.infer<typeof parameters>;

/** Nobody promotes through a rollback that takes longer. */
const ROLLBACK_MS = 300_000;

export const drill = defineDrill({
  summary:
    'Smoke test, short load and rollback rehearsal are run as before a promotion, the load also on a candidate that is bad.',
  blastRadius: 'As the rollback rehearsal: customers of one service see failures while the bad candidate is out.',
  needs: ['edge', 'people', 'parts', 'load'],
  parameters,
  plan({ subjects, parameters: settings, spec }: DrillInput<unknown, unknown, Settings>) {
    const service = releasedService({ spec });
    if (service === undefined)
      return {
        runs: [],
        left: subjects.map(({ id }) => ({ subject: id, because: 'no service answers customers over plain HTTP' })),
      };
    return { runs: subjects.map((subject) => rehearsal(subject, service, settings, spec)) };
  },
});

function rehearsal({ id }: DrillSubject<unknown, unknown>, service: string, settings: Settings, spec: Spec) {
  return {
    name: 'the gates of a promotion',
    subjects: [id],
    hypothesis: [edgeAnswers(service)],
    method: [
      smokeStep(spec),
      loadStep(service, settings, spec),
      ...releaseSteps(service, {
        ...settings,
        spec,
        withinMs: ROLLBACK_MS,
        onBad: stopsBad(service, settings.failing),
      }),
    ],
  };
}

function smokeStep(spec: Spec): Step<ReleaseNeeds> {
  return {
    name: 'smoke: ask every public route once',
    kind: 'measure',
    timeoutMs: 60_000,
    async run({ target: { edge, people }, observe }) {
      const requests = await customerRequests(edge, people, askedServices(spec));
      const answers = await Promise.all(
        requests.map(async ({ host, path, headers = {} }) => ({
          path,
          status: (await edge.ask(host, path, { headers })).status,
        })),
      );
      const failed = answers.filter(({ path, status }) => status >= 400 && path !== NOWHERE);
      observe({
        name: 'smoke: routes that failed',
        value: failed.length,
        unit: 'routes',
        is: 0,
        detail: failed.map(({ path, status }) => `${path} ${status}`).join(', ') || `of ${answers.length}`,
      });
    },
  };
}

function loadStep(service: string, settings: Settings, spec: Spec): Step<ReleaseNeeds> {
  return {
    name: `short load: ${settings.perSecond} a second for ${settings.seconds} s`,
    kind: 'measure',
    timeoutMs: settings.seconds * 1000 + 60_000,
    async run(context) {
      const { seen } = await underLoad(context, service, { ...settings, spec }, () =>
        pause(settings.seconds * 1000, context.signal),
      );
      context.observe({
        name: 'short load: requests that failed',
        value: seen.failed,
        unit: 'requests',
        is: 0,
        detail: seen.kinds || `of ${seen.sent}`,
      });
      context.observe({ name: 'short load: p99 latency', value: seen.latency.p99, unit: 'ms' });
    },
  };
}

/** The same load that a candidate has to pass, on one that is bad. A gate that lets this one through is none. */
function stopsBad(service: string, failing: number) {
  return ({ target: { parts }, observe }: StepContext<ReleaseNeeds>, { sent, failed }: Seen): void => {
    if (sent * failing < parts.replicas(service).length)
      throw new CannotTell(`${sent} requests are too few to see ${100 * failing} % of one replica fail`);
    observe({
      name: 'bad candidates that would be promoted',
      value: failed === 0 ? 1 : 0,
      unit: 'candidates',
      is: 0,
      detail: `${failed} of ${sent} requests failed`,
    });
  };
}
