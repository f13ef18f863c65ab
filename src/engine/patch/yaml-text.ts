/**
 * Values as YAML text. Kubernetes reads YAML 1.1 as well, where a bare `on`, `no` or `1_000` is no string: such strings are quoted.
 */
import { stringify } from 'yaml';

const QUOTED_FOR_BOTH = { compat: 'yaml-1.1' } as const;

/** On lines of its own, with a line end behind it. */
export function blockText(value: unknown): string {
  return stringify(value, QUOTED_FOR_BOTH);
}

/** On one line, without a line end. */
export function flowText(value: unknown): string {
  return stringify(value, { ...QUOTED_FOR_BOTH, collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
}
