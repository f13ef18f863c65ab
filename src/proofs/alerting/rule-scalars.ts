import { isMapping } from '../../model/cursor.ts';

/** What Prometheus reads as text, whatever YAML takes it for: `for: 0`, `severity: 1`, `expr: 0.5`. */
const TEXTS = ['alert', 'record', 'expr', 'for', 'keep_firing_for'];

/** The groups of a rule file with all texts as texts; what is of another form stays as it is. Kubernetes takes no number for a text of an object. */
export function withTexts(groups: unknown): unknown {
  return inEach(groups, (group) => ({
    ...group,
    ...labelsOf(group),
    ...('rules' in group && { rules: inEach(group['rules'], ruleOf) }),
  }));
}

function inEach(list: unknown, change: (item: Record<string, unknown>) => unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((item: unknown) => (isMapping(item) ? change(item) : item));
}

function ruleOf(rule: Record<string, unknown>): Record<string, unknown> {
  const texts = TEXTS.filter((key) => key in rule).map((key): [string, unknown] => [key, textOf(rule[key])]);
  return { ...rule, ...Object.fromEntries(texts), ...labelsOf(rule) };
}

function labelsOf(at: Record<string, unknown>): Record<string, unknown> {
  const mappings = ['labels', 'annotations'].flatMap((key): [string, unknown][] => {
    const value = at[key];
    if (!isMapping(value)) return [];
    return [[key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, textOf(one)]))]];
  });
  return Object.fromEntries(mappings);
}

function textOf(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
