/** A drill in a file: hypothesis, steps with their way back, halts, made of probes and actions. Unknown keys are refused, so that a typo is never silence. */
import { z } from 'zod';
import { isBounded } from '../../model/drill/drill.ts';
import { parseDuration } from '../../model/duration.ts';
import { UNDO_MS } from '../undo/types.ts';
import { changes, endsInTime, hasNumber } from './meaning.ts';

export const text = z.string().min(1).max(4096);
/** Longest time that anything here may take. */
export const MOST_SECONDS = 7 * 24 * 3600;
const duration = z
  .string()
  .refine((given) => parseDuration(given) !== undefined, 'expected a duration such as 500ms, 5s or 1m')
  .refine((given) => (parseDuration(given) ?? 0) <= MOST_SECONDS, 'expected a duration of at most 7d');
export const url = z.url({ protocol: /^https?$/, error: 'expected a URL such as https://api.example/healthz' });
export const method = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const argv = z.array(z.string()).min(1).max(100);

/** What is done, or asked for a number. Each is one key. */
const activities = {
  /** A program and its arguments; no shell. Its number: the exit status, or what it prints with `value: output`. */
  command: z.strictObject({ run: argv, value: z.enum(['exit', 'output']).default('exit') }),
  /** `service` and `path` through the edge, or a whole `url`. Its number: the status, or the milliseconds of an answer below 300. */
  http: z
    .strictObject({
      service: text.optional(),
      path: text.optional(),
      url: url.optional(),
      method: method.default('GET'),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.string().optional(),
      /** Test user whose token is sent. */
      as: text.optional(),
      value: z.enum(['status', 'ms']).default('status'),
    })
    .refine(
      ({ service, path, url }) => (url === undefined) === (service !== undefined && path !== undefined),
      'expected either url, or service and path',
    ),
  /** Its number: the first column of the first row. */
  sql: z.strictObject({ store: text, query: text, as: text.optional() }),
  /** Its number: the reply, `1` for OK. */
  redis: z.strictObject({ store: text, command: argv, as: text.optional() }),
  /** Publishes, or with `request` waits for an answer. Its number: milliseconds. */
  nats: z.strictObject({
    store: text,
    subject: text,
    payload: z.string().default(''),
    request: z.boolean().default(false),
    as: text.optional(),
  }),
  /** Its number: the one series that answers. */
  promql: z.strictObject({ query: text }),
  /**
   * One call of the API of the cluster that the target is identified by; `kubeconfig` and `context` may name another way to that cluster. Its
   * number: what `value`, a JSON pointer, leads to.
   */
  kubernetes: z.strictObject({
    kubeconfig: text.optional(),
    context: text.optional(),
    method: z.enum(['GET', 'PATCH', 'DELETE']).default('GET'),
    path: z.string().startsWith('/'),
    patch: z.record(z.string(), z.json()).optional(),
    value: z.string().startsWith('/').optional(),
  }),
  /** A part of the target; taken back by itself. */
  process: z.strictObject({ part: text, do: z.enum(['freeze', 'thaw', 'kill', 'start', 'restart']) }),
  pause: duration,
};

export const ACTIVITY_NAMES = Object.keys(activities) as (keyof typeof activities)[];

const optional = {
  command: activities.command.optional(),
  http: activities.http.optional(),
  sql: activities.sql.optional(),
  redis: activities.redis.optional(),
  nats: activities.nats.optional(),
  promql: activities.promql.optional(),
  kubernetes: activities.kubernetes.optional(),
  process: activities.process.optional(),
  pause: activities.pause.optional(),
};

type WithActivity = { readonly [N in keyof typeof optional]?: unknown };

function isOne(value: WithActivity): boolean {
  return ACTIVITY_NAMES.filter((name) => value[name] !== undefined).length === 1;
}
const ONE = `expected exactly one of ${ACTIVITY_NAMES.join(', ')}`;

export const activitySchema = z.strictObject(optional).refine(isOne, ONE);

/** A way back. It may end sooner than every undo must. */
export const undoSchema = z
  .strictObject({ ...optional, timeout: duration.optional() })
  .refine(isOne, ONE)
  .refine(({ timeout }) => (parseDuration(timeout ?? '0s') ?? 0) * 1000 <= UNDO_MS, {
    path: ['timeout'],
    error: `expected at most ${UNDO_MS / 1000}s, the longest that an undo may take`,
  });

const NUMBER =
  'expected an activity with a number: not pause, kubernetes without value, or process other than start and restart';

const bounds = { atLeast: z.number().optional(), atMost: z.number().optional() };

const probe = z
  .strictObject({
    name: text,
    ...optional,
    unit: z.string().max(20).default(''),
    ...bounds,
    timeout: duration.default('10s'),
    settle: duration.optional(),
    during: z.strictObject({ every: duration, must: z.enum(['hold', 'watch']) }).optional(),
  })
  .refine(isOne, ONE)
  .refine(hasNumber, NUMBER)
  .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, 'expected atLeast, atMost or both');

const step = z
  .strictObject({
    name: text,
    ...optional,
    /** Makes the number of the activity a measurement. */
    measure: z.strictObject({ unit: z.string().max(20).default(''), ...bounds, is: z.number().optional() }).optional(),
    /** The way back, or `none` where nothing is changed. */
    undo: z.union([undoSchema, z.literal('none')]).optional(),
    /** Without one: 30 s, and for a pause a little more than it takes. */
    timeout: duration.optional(),
  })
  .refine(isOne, ONE)
  .refine((one) => one.measure === undefined || hasNumber(one), NUMBER)
  .refine(endsInTime, { path: ['timeout'], error: 'expected more than the pause itself, or no timeout' })
  .refine(
    (one) => one.undo !== undefined || !changes(one),
    'expected undo: an activity that takes it back, or none where nothing is changed',
  );

const halt = z
  .strictObject({ name: text, ...optional, ...bounds, every: duration.default('1s'), timeout: duration.default('10s') })
  .refine(isOne, ONE)
  .refine(hasNumber, NUMBER)
  .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, 'expected atLeast, atMost or both');

const fields = z.strictObject({
  apiVersion: z.literal('launchgate/v1'),
  kind: z.literal('Drill'),
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'expected a name of lower-case letters, digits and "-"')
    .max(100),
  title: text,
  summary: text,
  blastRadius: text,
  hypothesis: z.array(probe).min(1),
  steps: z.array(step).min(1),
  halts: z.array(halt).default([]),
});

/** What is measured is held to a bound somewhere, or the steady state to its own meanwhile: else every run of it would end alike. */
export const fileDrillSchema = fields.superRefine(({ hypothesis, steps }, context) => {
  const first = steps.findIndex(({ measure }) => measure !== undefined);
  const isHeld = hypothesis.some(({ during }) => during?.must === 'hold');
  if (first < 0 || isHeld || steps.some(({ measure }) => measure !== undefined && isBounded(measure))) return;
  const path = ['steps', first, 'measure'];
  context.addIssue({ code: 'custom', path, message: 'expected atLeast, atMost or is in one measure: nothing decides' });
});

export type Activity = z.infer<typeof activitySchema>;
export type FileDrill = z.infer<typeof fileDrillSchema>;
export type FileStep = FileDrill['steps'][number];
