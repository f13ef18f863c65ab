/** How the deny-list judges now in whose name a terminal was opened. */
import type { DecisionPolicy, Denylist } from '@launchgate/runtime/denylist';
import type { Standing } from './gateway-options.ts';
import type { Bearer } from './tickets.ts';

/** What a revocation names is the access token the ticket was bought with; a ticket that does not say when that was issued is as old itself. */
export function standingBy(
  denylist: Pick<Denylist, 'decide'>,
  { whenStale }: Pick<DecisionPolicy, 'whenStale'>,
): (bearer: Bearer) => Standing {
  return ({ ati, sub, sid, tenant, akid, aiat, iat }) => {
    const claims = { jti: ati, sub, sid, tenant, kid: akid, iat: aiat ?? iat };
    const { state } = denylist.decide(claims, whenStale === undefined ? {} : { whenStale });
    if (state === 'allowed') return 'good';
    return state === 'stale' ? 'unknown' : 'revoked';
  };
}
