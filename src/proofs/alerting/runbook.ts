import type { Spec } from '../../model/spec.ts';

/** The address of the runbook that the spec lists for the first of some names; else where one of the last but one name would lie. */
export function runbookAddress(
  names: readonly [string, string, string],
  runbooks: Spec['runbooks'],
  base: string,
): string {
  const listed = names.flatMap((name) => runbooks.find((runbook) => runbook.for === name) ?? [])[0];
  return `${base}${listed?.path ?? `docs/runbooks/${names[1]}.md`}`;
}
