/** Reads an environment into a shape, and the parts of a service that a lab has switched off, so that a drill can show that it notices. */
import type { z } from 'zod';
import { ConfigInvalid } from './invalid.ts';

/** What was read, and the parts that are off: none for a program that has no parts. */
export type WithParts<T, P extends string> = T & { readonly PARTS_OFF: ReadonlySet<P> };

/**
 * Parts are named in `PARTS_OFF`, a comma list out of `parts`, and only with `DEPLOYMENT_ENVIRONMENT=lab`: a protection that a variable
 * can turn off in production is none. Without `parts` the variable is not looked at.
 * @throws ConfigInvalid that names every variable that is wrong and no value.
 */
export function readConfig<T extends z.ZodType<object>, P extends string = never>(
  shape: T,
  env: NodeJS.ProcessEnv,
  parts?: readonly P[],
): WithParts<z.infer<T>, P> {
  const parsed = shape.safeParse(env);
  const asked = parts === undefined ? [] : namesIn(env['PARTS_OFF'] ?? '');
  const problems = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.') || 'environment'}: ${message}`),
    ...problemsWith(asked, parts ?? [], env['DEPLOYMENT_ENVIRONMENT']),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigInvalid(problems);
  return { ...parsed.data, PARTS_OFF: new Set(asked as P[]) };
}

function problemsWith(asked: readonly string[], known: readonly string[], environment: string | undefined): string[] {
  if (asked.length === 0) return [];
  if (environment !== 'lab') return ['PARTS_OFF: is for the lab alone (DEPLOYMENT_ENVIRONMENT=lab); remove it'];
  const strange = asked.filter((name) => !known.includes(name));
  if (strange.length === 0) return [];
  return [`PARTS_OFF: there is no part ${strange.join(', ')}; expected some of ${known.join(', ')}`];
}

function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
