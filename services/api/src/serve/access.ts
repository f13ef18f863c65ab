/** Who may ask: a token that verifies, is not revoked, keeps to its rate, of an account in good standing. The same for routes and for sockets. */
import type { Denylist, TokenClaims } from '@launchgate/runtime/denylist';
import { requireNotRevoked } from '@launchgate/runtime/denylist';
import type { FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { Problem, unavailable } from '../http/problem.ts';
import type { RateLimit } from '../http/rate-limit.ts';
import type { Principal, Verify } from '../identity/token.ts';

export interface AccessDeps {
  readonly verify: Verify;
  readonly denylist: Denylist;
  /** The part is off: nobody is revoked. */
  readonly denylistOff: boolean;
  readonly limit: RateLimit;
  readonly accounts: Accounts;
}

export interface Access extends AccessDeps {
  readonly notRevoked: preHandlerHookHandler;
  readonly notRevokedAdmin: preHandlerHookHandler;
  readonly revoked: (principal: Principal) => boolean;
  /** For an upgrade, which passes no hook of a route. */
  readonly admitToken: (token: string) => Promise<Principal>;
}

export function createAccess(deps: AccessDeps): Access {
  const { verify, denylist, denylistOff, limit, accounts } = deps;
  const claims = ({ principal }: FastifyRequest) => (principal === undefined ? undefined : claimsOf(principal));
  const pass: preHandlerHookHandler = (_request, _reply, done) => done();
  const revoked = (principal: Principal) => !denylistOff && denylist.check(claimsOf(principal)) !== undefined;
  return {
    ...deps,
    revoked,
    // Tokens live 15 minutes: what users may lose by a list that is some seconds late is less than an outage of all of them.
    notRevoked: denylistOff ? pass : requireNotRevoked(denylist, { claims, whenStale: 'open' }),
    notRevokedAdmin: denylistOff ? pass : requireNotRevoked(denylist, { claims, admin: true }),
    async admitToken(token) {
      const principal = await verify(token);
      const decision = denylistOff ? { state: 'allowed' } : denylist.decide(claimsOf(principal), { whenStale: 'open' });
      if (decision.state === 'stale') throw unavailable('Whether this token was revoked cannot be told at present.');
      if (decision.state !== 'allowed') throw new Problem(401, 'Unauthorized', 'The token was revoked.');
      await limit(principal.sub);
      await accounts.admit(principal);
      return principal;
    },
  };
}

function claimsOf({ jti, sub, sid, tenant, kid, iat }: Principal): TokenClaims {
  return { jti, sub, sid, tenant, kid, iat };
}
