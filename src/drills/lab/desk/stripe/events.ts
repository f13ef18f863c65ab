/** Events as Stripe lists them: newest first, by pages. Kept in a file, so that ids are never given twice. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { HttpError } from '../http.ts';

const event = z.object({
  id: z.string(),
  object: z.literal('event'),
  api_version: z.string(),
  /** Seconds since the epoch. */
  created: z.int(),
  type: z.string(),
  livemode: z.literal(false),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
});

export type StripeEvent = z.infer<typeof event>;

const MOST = 20_000;
const MOST_LISTED = 100;

export interface NewEvent {
  readonly type: string;
  readonly object: Record<string, unknown>;
  /** Seconds since the epoch; default now. */
  readonly created?: number;
}

export class Events {
  readonly #file: string;
  /** Oldest first. */
  readonly #all: StripeEvent[];

  constructor(file: string) {
    this.#file = file;
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    this.#all = lines.map((line) => event.parse(JSON.parse(line)));
  }

  create({ type, object, created = Math.floor(Date.now() / 1000) }: NewEvent): StripeEvent {
    if (this.#all.length >= MOST) throw new HttpError(409, `the lab keeps ${MOST} events`);
    const id = `evt_lab${String(this.#all.length + 1).padStart(8, '0')}`;
    const made: StripeEvent = {
      id,
      object: 'event',
      api_version: '2025-09-30',
      created,
      type,
      livemode: false,
      data: { object },
    };
    appendFileSync(this.#file, `${JSON.stringify(made)}\n`, { mode: 0o600 });
    this.#all.push(made);
    return made;
  }

  get(id: string): StripeEvent {
    const found = this.#all.find((one) => one.id === id);
    if (found === undefined) throw new HttpError(404, `No such event: '${id}'`);
    return found;
  }

  /** The list endpoint (docs.stripe.com/api/events/list). Events of one second keep the order in which they were made. */
  list(query: URLSearchParams): { object: 'list'; url: string; has_more: boolean; data: StripeEvent[] } {
    const limit = Number(query.get('limit') ?? 10);
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
      throw new HttpError(400, 'Invalid integer: limit');
    const wanted = this.matching(query);
    const [after, before] = [query.get('starting_after'), query.get('ending_before')];
    if (before !== null) {
      const end = indexOf(wanted, before);
      const start = Math.max(0, end - limit);
      return listed(wanted.slice(start, end), start > 0);
    }
    const start = after === null ? 0 : indexOf(wanted, after) + 1;
    return listed(wanted.slice(start, start + limit), start + limit < wanted.length);
  }

  private matching(query: URLSearchParams): StripeEvent[] {
    const types = [...query.getAll('types[]'), ...query.getAll('type')];
    const bound = (name: string): number | undefined => {
      const value = query.get(`created[${name}]`);
      if (value !== null && !/^\d{1,12}$/.test(value)) throw new HttpError(400, `Invalid integer: created[${name}]`);
      return value === null ? undefined : Number(value);
    };
    const [gt = -1, gte = 0, lt = Infinity, lte = Infinity] = ['gt', 'gte', 'lt', 'lte'].map(bound);
    return this.#all
      .toReversed()
      .sort((a, b) => b.created - a.created)
      .filter(
        ({ created, type }) =>
          created > gt &&
          created >= gte &&
          created < lt &&
          created <= lte &&
          (types.length === 0 || types.includes(type)),
      );
  }
}

function indexOf(events: readonly StripeEvent[], id: string): number {
  const index = events.findIndex((one) => one.id === id);
  if (index < 0) throw new HttpError(400, `No such event: '${id}'`);
  return index;
}

function listed(data: StripeEvent[], more: boolean): ReturnType<Events['list']> {
  return { object: 'list', url: '/v1/events', has_more: more, data };
}
