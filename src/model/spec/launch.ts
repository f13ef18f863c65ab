/** The way to the launch. */
import { z } from 'zod';
import { name, duration, text, date } from './words.ts';

export const milestone = z.strictObject({ name, title: text, date: date.optional() });

export const track = z.strictObject({
  id: name,
  title: text,
  owner: text.optional(),
  /** A milestone's name, or a date. */
  target: text.optional(),
  /** What somebody typed; the derived status is shown beside it, and a contradiction is reported. */
  status: z.enum(['open', 'in_progress', 'done']).optional(),
  scope: z.array(text).default([]),
  controls: z.array(text).default([]),
  evidence: z.array(z.strictObject({ title: text, link: text.optional() })).default([]),
  pending: z.array(text).default([]),
});

/** A control of the user's own: proved by evidence of a named predicate, a sign-off or an attachment. */
export const customControl = z.strictObject({
  id: name,
  title: text,
  statement: text,
  stage: z.enum(['day-0', 'week-1', 'weeks-2-3', 'months-1-2', 'deferred']).default('day-0'),
  launch: z.boolean().default(false),
  sources: z.array(text).default([]),
  accept: z.strictObject({
    predicate: z.enum(['sign-off', 'attachment', 'test-result', 'scan']),
    maxAge: duration.default('90d'),
  }),
  owner: text.optional(),
});

export const notApplicable = z.strictObject({ control: text, subject: text.optional(), reason: text });

export const deferred = z.strictObject({
  component: text,
  trigger: text,
  /** Set when the trigger has been met: a dated record of the decision. */
  met: z.strictObject({ on: date, record: text }).optional(),
});
