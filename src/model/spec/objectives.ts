/** What is promised, exercised and paid for. */
import { z } from 'zod';
import { name, duration, text, date } from './words.ts';

export const slo = z.strictObject({
  name,
  service: name,
  kind: z.enum(['availability', 'latency', 'freshness', 'lag', 'other']).default('availability'),
  /** Percent, below 100. */
  objective: z.number().gte(1, { error: 'expected percent such as 99.9, not a share of 1' }).lt(100),
  window: duration.default('30d'),
  threshold: duration.optional(),
  good: text.optional(),
  bad: text.optional(),
  total: text.optional(),
  /** Latency: the histogram that it is judged by, instead of good and total. */
  histogram: z
    .strictObject({
      selector: text,
      native: z.boolean().default(false),
      buckets: z.array(z.number().positive()).optional(),
    })
    .optional(),
  /** Freshness and lag: PromQL for seconds that are held against the threshold. */
  measure: text.optional(),
  minBadEvents: z.int().min(1).optional(),
});

export const scheduledDrill = z.strictObject({
  /** A control's id, or a name of your own such as `tabletop`. */
  drill: text,
  every: duration,
  last: date.optional(),
  owner: text.optional(),
});

export const budget = z.strictObject({
  monthly: z.number().positive(),
  currency: z.string().length(3).default('USD'),
  owner: text.optional(),
  thresholds: z.array(z.number().positive()).default([]),
  escalation: text.optional(),
  dashboard: text.optional(),
  /** A table of prices in FOCUS columns, and from when it is. */
  prices: z.strictObject({ path: text, asOf: date }).optional(),
  /** What is paid for beside nodes and volumes: egress, managed services. `max`: at most, where it varies. */
  usage: z
    .array(
      z.strictObject({
        what: text,
        sku: text,
        quantity: z.number().nonnegative(),
        max: z.number().optional(),
        covers: text.optional(),
      }),
    )
    .optional(),
});

export const flag = z.strictObject({
  name: text,
  owner: text.optional(),
  approval: text.optional(),
  promotion: text.optional(),
  risk: z.enum(['low', 'high']).default('low'),
});

export const audit = z.strictObject({
  access: z.array(text).min(1),
  export: text.optional(),
  retention: duration.optional(),
  procedure: text.optional(),
});
