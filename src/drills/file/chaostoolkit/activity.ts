/** An activity of an experiment of Chaos Toolkit: its provider as an activity of a drill, and its tolerance as bounds. */
import { z } from 'zod';
import { inputSchema } from '../../../engine/spec/json-schema.ts';
import { mistakesOf } from '../../../engine/spec/mistakes.ts';
import { UNDO_MS } from '../../undo/types.ts';
import { activitySchema, method, MOST_SECONDS, url, type Activity } from '../schema.ts';
import { Unsupported } from './refusals.ts';

const wait = z.number().nonnegative().max(MOST_SECONDS);

export const activity = z.looseObject({
  type: z.enum(['action', 'probe']),
  // Some of our steps are named after it, with a few words more.
  name: z.string().min(1).max(4000),
  provider: z.looseObject({ type: z.string() }),
  tolerance: z.unknown().optional(),
  pauses: z.strictObject({ before: wait.optional(), after: wait.optional() }).optional(),
});
export type CtkActivity = z.infer<typeof activity>;

/** What an activity does, and within which time where it says one. */
interface Doing extends Activity {
  readonly timeout?: string;
}

/** Throws Unsupported for a provider that is another one than a process or HTTP, or has something that is not taken over. */
export function doingOf({ provider }: CtkActivity): Doing {
  if (JSON.stringify(provider).includes('${'))
    throw new Unsupported('it uses ${…} of configuration or secrets', ['provider']);
  const { timeout, ...done } = providerOf(provider);
  const parsed = activitySchema.safeParse(done);
  if (!parsed.success)
    throw new Unsupported(parsed.error.issues.map(({ message }) => message).join('; '), ['provider']);
  return { ...parsed.data, ...(timeout === undefined ? {} : { timeout: `${Math.ceil(timeout * 1000)}ms` }) };
}

/** As {@link doingOf}, for the way back. */
export function rollbackOf(one: CtkActivity): Doing {
  const done = doingOf(one);
  const { timeout } = one.provider;
  if (secondsOf(timeout) * 1000 <= UNDO_MS) return done;
  throw new Unsupported(`more than ${UNDO_MS / 1000} s, the longest that a way back may take`, ['provider', 'timeout']);
}

type Provided = z.input<typeof activitySchema> & { readonly timeout: number | undefined };

function providerOf(provider: CtkActivity['provider']): Provided {
  switch (provider.type) {
    case 'process': {
      const { path, arguments: given, timeout } = readProvider(processProvider, provider);
      return { command: { run: [path, ...wordsOf(given)], value: 'exit' }, timeout };
    }
    case 'http': {
      const { timeout, type: _type, ...call } = readProvider(httpProvider, provider);
      return { http: { ...call, value: 'status' }, timeout: timeout === undefined ? undefined : secondsOf(timeout) };
    }
    default: {
      const { type, module } = provider;
      throw new Unsupported(`provider ${type}${typeof module === 'string' ? ` (${module})` : ''}`, ['provider']);
    }
  }
}

const limit = z.number().positive().max(MOST_SECONDS);
const word = z.union([z.string(), z.number(), z.null()]);

const processProvider = z.strictObject({
  type: z.literal('process'),
  path: z.string().min(1),
  /** One string would need a shell to be taken apart. */
  arguments: z.union([z.array(word), z.record(z.string(), word)]).default([]),
  timeout: limit.optional(),
});

const httpProvider = z.strictObject({
  type: z.literal('http'),
  url,
  method: z
    .string()
    .default('GET')
    .transform((name) => name.toUpperCase())
    .pipe(method),
  headers: z.record(z.string(), z.string()).default({}),
  /** Of the whole, or of connecting and of reading. */
  timeout: z.union([limit, z.tuple([limit, limit])]).optional(),
});

function readProvider<T>(schema: z.ZodType<T>, provider: unknown): T {
  const parsed = schema.safeParse(provider);
  if (parsed.success) return parsed.data;
  const [first, ...others] = mistakesOf(parsed.error.issues, provider, inputSchema(schema));
  throw new Unsupported([first, ...others].map((one) => `${one?.pointer.join('.')}: ${one?.message}`).join('; '), [
    'provider',
    ...(first?.pointer ?? []),
  ]);
}

/** As Chaos Toolkit makes them of a list or a mapping: what is empty is left out. */
function wordsOf(given: z.infer<typeof processProvider>['arguments']): string[] {
  const words = Array.isArray(given) ? given : Object.entries(given).flat();
  return words.filter((one) => one !== null && one !== '').map(String);
}

/** Reading is bounded between two packets there, and here with connecting as a whole. */
function secondsOf(timeout: unknown): number {
  const [first = 0, second = 0] = [timeout ?? 0].flat();
  return Number(first) + Number(second);
}

/** Of what an activity answers only the status is taken: of a process how it ended, of HTTP the answer's. */
const range = z.strictObject({
  type: z.literal('range'),
  range: z.tuple([z.number(), z.number()]),
  target: z.literal('status').optional(),
});

export function boundsOf(tolerance: unknown): { readonly atLeast?: number; readonly atMost?: number } {
  if (typeof tolerance === 'number') return { atLeast: tolerance, atMost: tolerance };
  const parsed = range.safeParse(tolerance);
  if (parsed.success) return { atLeast: parsed.data.range[0], atMost: parsed.data.range[1] };
  throw new Unsupported(`the tolerance ${JSON.stringify(tolerance)}, expected a number or a range of the status`, [
    'tolerance',
  ]);
}
