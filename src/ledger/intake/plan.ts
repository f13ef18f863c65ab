import { z } from 'zod';
import { parseBoundedJson } from '../bounded-json.ts';
import type { AttachmentPart } from './attachment.ts';
import { INTAKE_LIMITS, instant, malformed, type IntakeLimits } from './report.ts';

const actions = z.array(z.string()).default([]);
const change = z.object({
  change: z.object({ actions, importing: z.unknown().optional() }).default({ actions: [] }),
});
const resources = z.array(z.unknown()).default([]);

interface PlannedModule {
  resources: unknown[];
  child_modules: PlannedModule[];
}
const module: z.ZodType<PlannedModule> = z.lazy(() =>
  z.object({ resources, child_modules: z.array(module).default([]) }),
);

/** `terraform show -json` and `tofu show -json` of a plan. https://developer.hashicorp.com/terraform/internals/json-format */
const plan = z.object({
  format_version: z.string().regex(/^1\./),
  terraform_version: z.string(),
  planned_values: z.object({ root_module: module.optional() }).optional(),
  resource_changes: z.array(change).nullish(),
  resource_drift: z.array(change).default([]),
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()).default([]) })).default({}),
  checks: z.array(z.object({ status: z.string() })).default([]),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
  timestamp: z.string().optional(),
});

/** What a plan comes to. None of its values is kept: many are secret. */
export interface PlanFacts {
  readonly facts: NonNullable<AttachmentPart['facts']>;
  /** When it was made, as it says itself, RFC 3339. */
  readonly at?: string;
}

/** Reduces a plan to numbers that can be judged. Throws `evidence-invalid`, naming `where`. */
export function readPlan(bytes: Uint8Array, where: string, limits: IntakeLimits = INTAKE_LIMITS): PlanFacts {
  const json = parseBoundedJson(bytes, limits);
  if (!json.ok) throw malformed(where, 'a plan in JSON', json.reason);
  const parsed = plan.safeParse(json.value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw malformed(where, 'a plan in JSON', `${issue?.path.join('.') || 'plan'}: ${issue?.message}`);
  }
  const { data } = parsed;
  const resources = countOf(data.planned_values?.root_module);
  const changes = (data.resource_changes ?? []).map((one) => one.change);
  if (resources > 0 && changes.length === 0)
    throw malformed(
      where,
      'a plan in JSON',
      `it holds ${resources} resources and does not say what becomes of them (resource_changes): a plan with -refresh-only plans nothing`,
    );
  const count = (...wanted: string[]): number =>
    changes.filter((one) => wanted.every((action) => one.actions.includes(action))).length;
  const replace = count('create', 'delete');
  const at = instant(data.timestamp);
  return {
    facts: {
      plan: data.format_version,
      terraform: data.terraform_version,
      resources,
      create: count('create') - replace,
      update: count('update') + changes.filter(isOfState).length,
      replace,
      delete: count('delete') - replace,
      drift: data.resource_drift.filter((one) => one.change.actions.some((action) => action !== 'no-op')).length,
      outputs: Object.values(data.output_changes).filter((one) => one.actions.some((action) => action !== 'no-op'))
        .length,
      failedChecks: data.checks.filter(({ status }) => status === 'fail' || status === 'error').length,
      errored: data.errored === true,
      complete: data.complete !== false,
      ...(at === undefined ? {} : { madeAt: at }),
    },
    ...(at === undefined ? {} : { at }),
  };
}

/** What Terraform takes in or forgets without touching it, and what a later version does that has no name here. */
function isOfState({ actions: taken, importing }: z.infer<typeof change>['change']): boolean {
  const isKnown = taken.every((action) => ['no-op', 'read', 'create', 'update', 'delete'].includes(action));
  return !isKnown || (taken.includes('no-op') && importing !== undefined && importing !== null);
}

function countOf(root: PlannedModule | undefined): number {
  if (root === undefined) return 0;
  return root.resources.length + root.child_modules.reduce((sum, child) => sum + countOf(child), 0);
}
