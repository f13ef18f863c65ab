/** How the deny-list judges now in whose name a terminal was opened. */
import type { DecisionPolicy, Denylist } from '@launchgate/runtime/denylist';
import type { Standing } from './gateway-options.ts';
import type { Bearer } from './tickets.ts';

/**
 * What a revocation names is the access token the ticket was bought with; a ticket that does not say when that was issued is as old itself. Or it names
 * the terminal as a session, as who ends the rental of its node does.
 */
export function standingBy(
  denylist: Pick<Denylist, 'decide'>,
  { whenStale }: Pick<DecisionPolicy, 'whenStale'>,
): (bearer: Bearer, terminal: string) => Standing {
  const policy = whenStale === undefined ? {} : { whenStale };
  return ({ ati, sub, sid, tenant, akid, aiat, iat }, terminal) => {
    const claims = { jti: ati, sub, sid, tenant, kid: akid, iat: aiat ?? iat };
    const states = [claims, { ...claims, sid: terminal }].map((one) => denylist.decide(one, policy).state);
    if (states.every((state) => state === 'allowed')) return 'good';
    return states.some((state) => state !== 'allowed' && state !== 'stale') ? 'revoked' : 'unknown';
  };
}
