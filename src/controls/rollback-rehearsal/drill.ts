/** Rolls a service forward, releases one that is bad, and rolls back: how long that takes, and what customers see of it. */
import { z } from 'zod';
import { defineDrill, type DrillInput } from '../../model/drill/drill.ts';
import { seconds } from '../../model/duration.ts';
import { edgeAnswers } from '../../proofs/edge/drill.ts';
import { releasedService, releaseSteps } from '../../proofs/release/rehearsal.ts';
import type { Params, Rollback } from './check.ts';

const parameters = z.object({
  service: z.string().default('').describe('Whose release is rehearsed; default: the first with a public route'),
  perSecond: z.int().min(1).max(1000).default(20).describe('Requests a second, by customers'),
  replicas: z.int().min(1).max(50).default(1).describe('Most replicas that are replaced each time'),
  failing: z.number().gt(0).max(1).default(0.2).describe("Share of the bad release's answers that fail"),
  seconds: z.int().min(1).max(300).default(3).describe('Seconds of load on the bad release, and on the one after it'),
});

export const drill = defineDrill({
  summary: 'A service is rolled forward, then to a release whose answers fail, then back, under load.',
  blastRadius: 'Customers of the service see failures while the bad release is out; the drill takes it back.',
  needs: ['edge', 'people', 'parts', 'load'],
  parameters,
  plan({
    subjects,
    parameters: { service: named, ...rest },
    spec,
  }: DrillInput<Rollback, Params, z.infer<typeof parameters>>) {
    const choice = { spec, ...(named === '' ? {} : { service: named }) };
    const service = releasedService(choice);
    if (service === undefined)
      return {
        runs: [],
        left: subjects.map(({ id }) => ({
          subject: id,
          because: `${named === '' ? 'no service' : named} answers no customer over plain HTTP, so nobody could see a bad release`,
        })),
      };
    return {
      runs: subjects.map(({ id, params }) => ({
        name: `the rollback of ${service}`,
        subjects: [id],
        hypothesis: [edgeAnswers(service)],
        method: releaseSteps(service, { ...choice, ...rest, withinMs: seconds(params.within) * 1000 }),
      })),
    };
  },
});
