import type { Value } from '../value.ts';

/** Functions of Terraform by name, of evaluated arguments. */
export type Functions = Readonly<Record<string, (args: readonly Value[]) => Value>>;
