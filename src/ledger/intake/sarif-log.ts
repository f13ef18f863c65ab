import { z } from 'zod';

const text = z.string();
const level = z.enum(['none', 'note', 'warning', 'error']);
const bag = z
  .looseObject({
    'security-severity': z.union([z.string(), z.number()]).optional(),
    tags: z.array(z.unknown()).optional().catch(undefined),
  })
  .optional();
const message = z.object({ text: text.optional(), markdown: text.optional(), id: text.optional() });

const configuration = z.object({ enabled: z.boolean().optional(), level: level.optional() });
const rule = z.object({
  id: text,
  guid: text.optional(),
  defaultConfiguration: configuration.optional(),
  messageStrings: z.record(z.string(), message).optional(),
  properties: bag,
});
/** Names a rule: by its id, or by its place in a component, the driver unless another one is named (§3.52). */
const reference = z.object({
  id: text.optional(),
  guid: text.optional(),
  index: z.int().optional(),
  toolComponent: z.object({ name: text.optional(), index: z.int().optional(), guid: text.optional() }).optional(),
});
const component = z.object({
  name: text,
  guid: text.optional(),
  version: text.optional(),
  semanticVersion: text.optional(),
  rules: z.array(rule).optional(),
});
const location = z.object({
  physicalLocation: z
    .object({
      artifactLocation: z.object({ uri: text.optional() }).optional(),
      region: z.object({ startLine: z.int().optional() }).optional(),
    })
    .optional(),
});
const suppression = z.object({
  kind: text.optional(),
  status: z.enum(['accepted', 'underReview', 'rejected']).optional(),
  justification: text.optional(),
});
const result = z.object({
  ruleId: text.optional(),
  ruleIndex: z.int().optional(),
  rule: reference.optional(),
  provenance: z.object({ invocationIndex: z.int().optional() }).optional(),
  kind: z.enum(['notApplicable', 'pass', 'fail', 'review', 'open', 'informational']).optional(),
  level: level.optional(),
  message: message.optional(),
  locations: z.array(location).nullish(),
  suppressions: z.array(suppression).nullish(),
  baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).optional(),
  properties: bag,
});
const notification = z.object({ level: level.optional(), message: message.optional() });
const invocation = z.object({
  executionSuccessful: z.boolean().optional(),
  startTimeUtc: text.optional(),
  endTimeUtc: text.optional(),
  ruleConfigurationOverrides: z.array(z.object({ configuration, descriptor: reference })).nullish(),
  toolExecutionNotifications: z.array(notification).nullish(),
  toolConfigurationNotifications: z.array(notification).nullish(),
});
const run = z.object({
  tool: z.object({ driver: component, extensions: z.array(component).optional() }),
  automationDetails: z.object({ id: text.optional(), correlationGuid: text.optional() }).optional(),
  invocations: z.array(invocation).optional(),
  results: z.array(result).nullish(),
  externalPropertyFileReferences: z.object({ results: z.array(z.unknown()).optional() }).optional(),
  versionControlProvenance: z.array(z.object({ revisionId: text.optional() })).optional(),
  artifacts: z
    .array(z.object({ roles: z.array(text).optional(), hashes: z.record(z.string(), text).optional() }))
    .optional(),
  properties: z.looseObject({ repoDigests: z.array(text).optional().catch(undefined) }).optional(),
});

/** A SARIF 2.1.0 log, as far as it is read. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export const sarif = z.object({
  version: z.literal('2.1.0'),
  runs: z.array(run),
  inlineExternalProperties: z.array(z.object({ results: z.array(z.unknown()).optional() })).optional(),
});

export type Log = z.infer<typeof sarif>;

export type Run = z.infer<typeof run>;
export type Rule = z.infer<typeof rule>;
export type RuleReference = z.infer<typeof reference>;
export type Result = z.infer<typeof result>;
export type Level = z.infer<typeof level>;
