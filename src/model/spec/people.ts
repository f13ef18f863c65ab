/** Who acts, and by what. */
import { z } from 'zod';
import { name, duration, text } from './words.ts';

export const person = z.strictObject({
  id: name,
  name: text,
  email: z.email().optional(),
  roles: z.array(name).default([]),
});

export const rotation = z.strictObject({
  name,
  severities: z.array(text).min(1),
  /** Alertmanager receiver that pages this rotation. */
  receiver: text.optional(),
  members: z.array(name),
  /** Hours that the shifts cover: `24x7`, or gaps are reported. */
  coverage: z.enum(['24x7', 'business-hours']).default('24x7'),
  shifts: z
    .array(
      z.strictObject({ person: name, from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) }),
    )
    .optional(),
  escalation: z.array(z.strictObject({ after: duration, to: z.array(name).min(1) })).default([]),
});

export const severityLevel = z.strictObject({
  name: text,
  respondWithin: duration,
  page: z.boolean(),
  description: text.optional(),
});

export const runbook = z.strictObject({ for: text, path: text });

export const breakGlass = z.strictObject({ access: text, quorum: z.int().min(1), expiresAfter: duration, audit: text });
