/** The published shape of `launchgate drill run -f json`. Members are added to, never renamed or removed. */
import { z } from 'zod';
import { published } from '../schema.ts';

const instant = z.string().describe('RFC 3339, UTC.');
const outcome = z.enum(['pass', 'fail', 'inconclusive', 'error']).describe('Only pass satisfies.');
const ms = z.number().describe('Milliseconds since the run began.');
const target = z.object({
  environment: z.string(),
  identity: z.string().describe('Measured, and not inherited by a copy.'),
});
const answer = z.object({
  atMs: ms,
  value: z.number().optional(),
  error: z.string().optional(),
  met: z.boolean().describe('Within the tolerance; false where there is no number.'),
});

const observation = z.object({
  name: z.string(),
  value: z.number().nullable().describe('Null: there was no number, and it is not met.'),
  unit: z.string(),
  target: z.number().optional(),
  atMost: z.number().optional(),
  atLeast: z.number().optional(),
  is: z.number().optional(),
  predicted: z.number().optional(),
  met: z.boolean(),
  atMs: ms,
  step: z.string(),
  subject: z.string().optional().describe('Only where it speaks for one of the subjects.'),
  detail: z.string().optional(),
});

const run = z.object({
  id: z.string().describe('Folder of the record and its raw data: .launchgate/drills/ID.'),
  control: z.string(),
  name: z.string(),
  subjects: z.array(z.string()).readonly(),
  summary: z.string(),
  blastRadius: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  target,
  startedAt: instant,
  finishedAt: instant,
  durationMs: ms,
  outcome,
  because: z.string().optional(),
  hypothesis: z
    .array(
      z.object({
        name: z.string(),
        unit: z.string(),
        tolerance: z.object({ atLeast: z.number().optional(), atMost: z.number().optional() }),
        during: z.enum(['hold', 'watch']).optional(),
        before: answer.optional(),
        samples: z.array(answer).readonly(),
        after: answer.optional(),
      }),
    )
    .readonly(),
  steps: z
    .array(
      z.object({
        name: z.string(),
        kind: z.enum(['act', 'fault', 'measure']),
        startedMs: ms.optional(),
        endedMs: ms.optional(),
        outcome: z.enum(['done', 'failed', 'timed-out', 'cannot-tell', 'stopped', 'left-out']),
        error: z.string().optional(),
      }),
    )
    .readonly(),
  halted: z.object({ name: z.string(), atMs: ms, because: z.string() }).optional(),
  faults: z
    .array(
      z.object({
        kind: z.string(),
        undo: z.string(),
        atMs: ms,
        undoneMs: ms.optional(),
        error: z.string().optional(),
      }),
    )
    .readonly()
    .describe('Every fault that was journaled, and when it was taken back.'),
  marks: z.array(z.object({ what: z.string(), atMs: ms })).readonly(),
  observations: z.array(observation).readonly(),
  left: z
    .array(z.object({ subject: z.string(), because: z.string() }).readonly())
    .readonly()
    .optional(),
  predictions: z
    .array(z.object({ name: z.string(), value: z.number(), unit: z.string(), because: z.string() }))
    .readonly(),
  raw: z
    .array(z.object({ name: z.string(), file: z.string(), bytes: z.int(), digest: z.string(), atMs: ms }))
    .readonly(),
});

export const drillReportSchema = z.object({
  apiVersion: z.literal('launchgate/v1'),
  kind: z.literal('DrillReport'),
  platform: z.string(),
  target,
  startedAt: instant,
  finishedAt: instant,
  outcome,
  summary: z.object({ pass: z.int(), fail: z.int(), inconclusive: z.int(), error: z.int() }),
  drills: z
    .array(
      z.object({
        drill: z.string().describe('Id of the control, or the name of an experiment from a file.'),
        title: z.string(),
        outcome,
        because: z.string().optional(),
        runs: z.array(run).readonly(),
        verdicts: z
          .array(
            z.object({
              subject: z.string(),
              outcome,
              because: z.string().optional(),
              evidence: z.templateLiteral(['sha256:', z.string()]).optional(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
  unrecorded: z.string().optional().describe('Where the results are not evidence: why.'),
});

/** JSON Schema (2020-12) of `launchgate drill run --format json`. */
export function drillReportJsonSchema(): object {
  return published(drillReportSchema, 'drill-report', 'Launchgate drill report');
}
