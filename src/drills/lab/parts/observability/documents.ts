/** The rules and the routing that a repository keeps for its clusters, as they are written: PrometheusRule objects and Alertmanager's file. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { walk } from '../../../../adapters/walk.ts';

const BOUNDS = { files: 20_000, depth: 12 };
const LARGEST = 2_000_000;

const rule = z.looseObject({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.union([z.string(), z.number()]),
  for: z.string().optional(),
});
/** A group as a rule file has it. */
export const group = z.looseObject({
  name: z.string(),
  interval: z.string().optional(),
  rules: z.array(rule).default([]),
});
const prometheusRule = z.looseObject({
  kind: z.literal('PrometheusRule'),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  spec: z.looseObject({ groups: z.array(group) }),
});
const alertmanagerFile = z.looseObject({
  route: z.looseObject({ receiver: z.string() }),
  receivers: z.array(z.looseObject({ name: z.string() })).min(1),
});

export type RuleGroup = z.infer<typeof group>;
export type Rule = z.infer<typeof rule>;
export type AlertmanagerFile = z.infer<typeof alertmanagerFile>;

export interface Documents {
  /** By the object's name; where several files write one object, the one that says most. */
  readonly rules: ReadonlyMap<string, readonly RuleGroup[]>;
  readonly alertmanager?: AlertmanagerFile;
}

/** Reads every YAML file below `root` that may hold one of them, except below `exclude` and in hidden folders, where renders lie. */
export function readDocuments(root: string, exclude: readonly string[]): Documents {
  const real = realpathSync(root);
  const files = walk(real, BOUNDS).files.filter((path) => isCandidate(path, exclude));
  const rules = new Map<string, readonly RuleGroup[]>();
  let alertmanager: AlertmanagerFile | undefined;
  for (const value of files.flatMap((path) => documentsOf(join(real, path)))) {
    const object = prometheusRule.safeParse(value).data;
    if (object !== undefined) keepLarger(rules, object.metadata.name, object.spec.groups);
    alertmanager ??= alertmanagerFile.safeParse(value).data;
  }
  return { rules, ...(alertmanager === undefined ? {} : { alertmanager }) };
}

function isCandidate(path: string, exclude: readonly string[]): boolean {
  if (!/\.ya?ml$/.test(path) || /(?:^|\/)\./.test(path)) return false;
  return !exclude.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}

/** Most files of a repository are neither: a look at the text spares the parser. */
function documentsOf(path: string): unknown[] {
  if (statSync(path).size > LARGEST) return [];
  const text = readFileSync(path, 'utf8');
  if (!/^kind: PrometheusRule/m.test(text) && !/^receivers:/m.test(text)) return [];
  return parseAllDocuments(text).map(
    (document) => (document.errors.length > 0 ? undefined : document.toJS()) as unknown,
  );
}

function keepLarger(rules: Map<string, readonly RuleGroup[]>, name: string, groups: readonly RuleGroup[]): void {
  const size = (some: readonly RuleGroup[]): number => some.reduce((sum, one) => sum + one.rules.length, 0);
  const known = rules.get(name);
  if (known === undefined || size(groups) > size(known)) rules.set(name, groups);
}
