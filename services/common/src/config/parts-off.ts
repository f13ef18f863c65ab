/**
 * Parts of a service that a lab switches off, so that a drill can show that it notices. Anywhere else the service refuses to start: a
 * protection that a variable can turn off in production is none.
 */
import { ConfigInvalid } from './invalid.ts';

export type PartsOff<P extends string> = ReadonlySet<P>;

/** Reads `PARTS_OFF`, a comma list of names out of `known`. Throws `ConfigInvalid` outside the lab and for a name that means nothing. */
export function partsOff<P extends string>(env: NodeJS.ProcessEnv, known: readonly P[]): PartsOff<P> {
  const named = (env['PARTS_OFF'] ?? '').split(',').map((name) => name.trim());
  const asked = named.filter((name) => name !== '');
  if (asked.length === 0) return new Set();
  if (env['DEPLOYMENT_ENVIRONMENT'] !== 'lab')
    throw new ConfigInvalid(['PARTS_OFF: is for the lab alone (DEPLOYMENT_ENVIRONMENT=lab); remove it']);
  const strange = asked.filter((name) => !known.includes(name as P));
  if (strange.length > 0)
    throw new ConfigInvalid([`PARTS_OFF: does not know ${strange.join(', ')}; expected some of ${known.join(', ')}`]);
  return new Set(asked as P[]);
}
