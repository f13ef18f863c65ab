/** An incident is made, and rebuilt from its correlation id: by the audit trail, exported and validated, and by the logs. */
import { z } from 'zod';
import { CannotTell, defineDrill } from '../../model/drill/drill.ts';
import type { EdgeAnswer } from '../../model/drill/edge.ts';
import type { AuditExport } from '../../model/drill/logs.ts';
import { until } from '../../model/drill/until.ts';
import type { Trail } from './input.ts';

const NEEDS = ['edge', 'logs', 'people'] as const;
type Needs = (typeof NEEDS)[number];

/** By who asks, or as if nothing were there. */
const REFUSED: readonly number[] = [401, 403, 404];
/** Outcome of an event by which something was done. */
const DONE = 'success';

interface Params {
  readonly deed: { readonly service: string; readonly method: string; readonly path: string; readonly body: string };
  readonly everybody: readonly string[];
  readonly requestHeader: string;
  readonly rebuiltWithin: number;
}

export const drill = defineDrill<Trail, Params, object, Needs>({
  summary:
    'Has an administrator do what must be recorded, lets a customer try the same in vain, exports the audit trail, follows its chain and rebuilds the deed from its id.',
  blastRadius: 'An entry in the audit trail, which stays, and whatever the deed of the param "deed" does.',
  needs: NEEDS,
  parameters: z.object({}),
  plan: ({ subjects }) => ({
    left: subjects
      .filter(({ params }) => params.deed.path === '')
      .map(({ id }) => ({
        subject: id,
        because: 'nothing says what an administrator does that must be recorded; name it in the param "deed"',
      })),
    runs: subjects
      .filter(({ params }) => params.deed.path !== '')
      .map(({ id, params }) => {
        const { deed, requestHeader, rebuiltWithin } = params;
        let before: AuditExport;
        let after: AuditExport;
        let incident: { readonly id: string; readonly actor: string };
        let attempt: EdgeAnswer;
        const call = { method: deed.method, ...(deed.body === '' ? {} : { body: JSON.parse(deed.body) as object }) };
        return {
          name: 'one incident from its id',
          subjects: [id],
          hypothesis: [
            {
              name: 'events that can be exported',
              unit: 'events',
              timeoutMs: 60_000,
              tolerance: { atLeast: 0 },
              measure: async ({ target }) => (await target.logs.exportAudit()).events.length,
            },
          ],
          method: [
            {
              name: 'export the trail as it is',
              kind: 'act' as const,
              timeoutMs: 60_000,
              async run({ target }) {
                before = await target.logs.exportAudit();
              },
            },
            {
              name: 'do what must be recorded',
              kind: 'act' as const,
              timeoutMs: 60_000,
              async run(context) {
                const { edge, people } = context.target;
                const actor = people.names.admin;
                const token = await people.token(actor);
                const answer = await edge.ask(edge.host(deed.service), deed.path, { ...call, token });
                if (answer.status >= 400)
                  throw new CannotTell(`${deed.method} ${deed.path} of the param "deed" was answered ${answer.status}`);
                const id = answer.headers[requestHeader];
                if (id === undefined) throw new CannotTell(`the edge tells no ${requestHeader}`);
                incident = { id, actor };
                context.say(`${deed.method} ${deed.path} was request ${id}`);
              },
            },
            {
              name: 'let a customer try the same',
              kind: 'measure' as const,
              timeoutMs: 60_000,
              async run({ target: { edge, people }, observe }) {
                const token = await people.token(people.names.customer);
                attempt = await edge.ask(edge.host(deed.service), deed.path, { ...call, token });
                const { status } = attempt;
                if (status >= 400 && !REFUSED.includes(status))
                  throw new CannotTell(`a customer who tries the same is answered ${status}, which refuses nobody`);
                observe({
                  name: 'customers who may do the same',
                  value: status < 400 ? 1 : 0,
                  unit: 'people',
                  is: 0,
                  detail: `status ${status}`,
                });
              },
            },
            {
              name: 'export the trail and validate it',
              kind: 'measure' as const,
              timeoutMs: 60_000,
              async run(context) {
                after = await context.target.logs.exportAudit();
                context.observe({
                  name: 'broken links in the export',
                  value: after.broken === undefined ? 0 : 1,
                  unit: 'links',
                  is: 0,
                  detail:
                    after.broken === undefined
                      ? `${after.events.length} events, sha256 ${after.digest}`
                      : `event ${after.broken.seq}: ${after.broken.because}`,
                });
                const lost = before.events.filter(({ seq }) => !after.events.some((event) => event.seq === seq)).length;
                context.observe({
                  name: 'events that are gone since the export before',
                  value: lost,
                  unit: 'events',
                  is: 0,
                });
              },
            },
            {
              name: 'rebuild the incident from its id',
              kind: 'measure' as const,
              timeoutMs: 120_000,
              async run(context) {
                const own = after.events.filter(({ correlationId }) => correlationId === incident.id);
                const [event] = own;
                context.observe({
                  name: 'events under the id',
                  value: own.length,
                  unit: 'events',
                  atLeast: 1,
                  detail:
                    event === undefined
                      ? `the trail knows nothing of request ${incident.id}`
                      : `${event.at}: ${event.actor} did ${event.action} to ${event.target}, ${event.outcome}`,
                });
                const tried = attempt.headers[requestHeader];
                const done = after.events.filter(
                  ({ correlationId, outcome }) => correlationId === tried && outcome === DONE,
                );
                context.observe({
                  name: "deeds under the id of the customer's attempt",
                  value: tried === undefined ? Number.NaN : done.length,
                  unit: 'events',
                  is: 0,
                });
                const nameless = own.filter(({ actor }) => actor === '' || params.everybody.includes(actor)).length;
                context.observe({
                  name: 'events under the id without an actor',
                  value: nameless,
                  unit: 'events',
                  is: 0,
                });
                const parts = await until(
                  async () => {
                    const found = [...new Set((await context.target.logs.find(incident.id)).map(({ part }) => part))];
                    return found.length >= 2 ? found.sort() : undefined;
                  },
                  { signal: context.signal, forMs: rebuiltWithin * 1000, everyMs: 250 },
                );
                context.observe({
                  name: 'logs that tell of the same id',
                  value: parts?.length ?? 0,
                  unit: 'logs',
                  atLeast: 2,
                  detail: parts === undefined ? 'the edge and the service did not both log it' : parts.join(', '),
                });
              },
            },
          ],
        };
      }),
  }),
});
