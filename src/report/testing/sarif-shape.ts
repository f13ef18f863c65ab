/**
 * The parts of SARIF 2.1.0 that Launchgate writes, with the demands of GitHub code scanning added, made by hand from the
 * standard: no maintained npm package with a free licence carries the official JSON Schema. It refuses unknown members, so
 * a misspelt property fails. What it leaves out is what Launchgate never writes.
 */
import { z } from 'zod';

const level = z.enum(['none', 'note', 'warning', 'error']);
const text = z.string().min(1);
const message = z.strictObject({ text: text.max(1000), markdown: text.optional() });
const description = z.strictObject({ text, markdown: text.optional() });
const positive = z.int().min(1);

/** Code scanning takes relative references only, below a base that it knows as the repository. */
const relativeUri = z
  .string()
  .min(1)
  .regex(/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-F]{2}|\/)+$/, 'an RFC 3986 path')
  .refine((uri) => !uri.startsWith('/') && !uri.split('/')[0]?.includes(':'), 'a relative reference');

const location = z.strictObject({
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri: relativeUri, uriBaseId: z.literal('%SRCROOT%') }),
    region: z.strictObject({ startLine: positive, startColumn: positive }),
  }),
  message: message.optional(),
});

const rule = z.strictObject({
  id: text,
  name: text.max(255).optional(),
  shortDescription: description.refine(({ text: short }) => short.length <= 1024),
  fullDescription: description.refine(({ text: full }) => full.length <= 1024),
  help: description,
  helpUri: z.url().optional(),
  defaultConfiguration: z.strictObject({ level }),
  properties: z.strictObject({
    tags: z.array(text).max(10),
    precision: z.enum(['very-high', 'high', 'medium', 'low']),
    'problem.severity': z.enum(['error', 'warning', 'recommendation']),
    'security-severity': z
      .string()
      .regex(/^\d+\.\d$/)
      .optional(),
  }),
});

const result = z.strictObject({
  ruleId: text,
  ruleIndex: z.int().min(0),
  level,
  message,
  locations: z.array(location).length(1),
  partialFingerprints: z.strictObject({ 'launchgateFinding/v1': text, primaryLocationLineHash: text }),
  codeFlows: z
    .array(
      z.strictObject({
        threadFlows: z
          .array(z.strictObject({ locations: z.array(z.strictObject({ location })).min(1).max(1000) }))
          .min(1),
      }),
    )
    .optional(),
  baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).optional(),
  properties: z.record(z.string(), z.unknown()),
});

const notification = z.strictObject({
  level,
  message,
  descriptor: z.strictObject({ id: text }),
  associatedRule: z.strictObject({ id: text }).optional(),
  locations: z.array(location).optional(),
});

export const sarifShape = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z
    .array(
      z.strictObject({
        tool: z.strictObject({
          driver: z.strictObject({
            name: text,
            version: text,
            semanticVersion: z.string().regex(/^\d+\.\d+\.\d+/),
            informationUri: z.url(),
            rules: z.array(rule),
            notifications: z.array(rule.omit({ defaultConfiguration: true, properties: true })),
          }),
        }),
        automationDetails: z.strictObject({ id: z.string().endsWith('/') }),
        originalUriBaseIds: z.strictObject({ '%SRCROOT%': z.strictObject({ description }) }),
        columnKind: z.literal('utf16CodeUnits'),
        invocations: z
          .array(
            z.strictObject({ executionSuccessful: z.boolean(), toolExecutionNotifications: z.array(notification) }),
          )
          .length(1),
        results: z.array(result).max(5000),
        properties: z.record(z.string(), z.unknown()),
      }),
    )
    .length(1),
});
