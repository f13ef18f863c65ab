/** As much of Stripe as reconciliation needs: the list of events, and deliveries that a drill may lose or double. */
import { join } from 'node:path';
import { z, ZodError } from 'zod';
import { demandToken, HttpError, router, serve, type Asked, type Route, type Served } from '../http.ts';
import { Deliveries } from './deliver.ts';
import { Events } from './events.ts';

export interface StripeOptions {
  readonly address: string;
  readonly folder: string;
  /** The platform's API key: bearer of every request. */
  readonly key: string;
  readonly webhook: { readonly url: string; readonly ca: string; readonly secret: string };
}

const creation = z.strictObject({
  type: z.string().regex(/^[a-z_]+(?:\.[a-z_]+)+$/),
  object: z.record(z.string(), z.unknown()),
  created: z.int().nonnegative().optional(),
  delivery: z.enum(['send', 'lose', 'twice']).default('send'),
});

export async function startStripe(options: StripeOptions): Promise<Served> {
  const events = new Events(join(options.folder, 'events.jsonl'));
  const deliveries = new Deliveries(options.webhook);
  const routes = [...listing(events), ...lab(events, deliveries)].map((route) => guarded(route, options.key));
  const served = await serve(
    options.address,
    router([...routes, { method: 'GET', path: '/healthz', answer: () => ({ status: 'ok' }) }]),
  );
  return {
    ...served,
    async close() {
      deliveries.stop();
      await served.close();
    },
  };
}

function guarded(route: Route, key: string): Route {
  return {
    ...route,
    answer: (asked) => {
      demandToken(asked, key);
      return route.answer(asked);
    },
  };
}

function listing(events: Events): Route[] {
  return [
    { method: 'GET', path: '/v1/events', answer: ({ query }) => events.list(query) },
    { method: 'GET', path: '/v1/events/:id', answer: ({ params }) => events.get(params['id'] ?? '') },
  ];
}

/** For drills: `delivery` says whether the platform hears of the event once, twice or not at all. */
function lab(events: Events, deliveries: Deliveries): Route[] {
  return [
    {
      method: 'POST',
      path: '/lab/events',
      answer: async (asked) => {
        const { delivery, created, ...wanted } = await parsed(asked);
        const made = events.create({ ...wanted, ...(created === undefined ? {} : { created }) });
        const times = { send: 1, lose: 0, twice: 2 }[delivery];
        for (let time = 0; time < times; time += 1) void deliveries.send(made);
        return made;
      },
    },
    {
      method: 'POST',
      path: '/lab/events/:id/deliver',
      answer: async ({ params }) => ({ delivered: await deliveries.send(events.get(params['id'] ?? '')) }),
    },
    {
      method: 'GET',
      path: '/lab/deliveries',
      answer: ({ query }) => ({ deliveries: deliveries.list(query.get('event') ?? undefined) }),
    },
  ];
}

async function parsed(asked: Asked): Promise<z.infer<typeof creation>> {
  const body = await asked.json();
  try {
    return creation.parse(body);
  } catch (error) {
    throw error instanceof ZodError ? new HttpError(400, z.prettifyError(error)) : error;
  }
}
