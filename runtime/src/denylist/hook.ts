import type { FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { breakGlassCheck, type BreakGlass } from './break-glass.ts';
import type { Denylist } from './denylist.ts';
import type { Decision, TokenClaims } from './types.ts';

export interface RequireNotRevokedOptions {
  /** The claims that your authentication verified, with `kid` of the header; undefined where it verified none: 401. */
  readonly claims: (request: FastifyRequest) => TokenClaims | undefined;
  /** Demands `jti` and `iat`, and refuses whenever the list is stale. */
  readonly admin?: boolean;
  /** For routes that are not admin's. Default: closed. */
  readonly whenStale?: 'open' | 'closed';
  /** Lets an admin request through a stale list; never a revoked one. */
  readonly breakGlass?: BreakGlass<FastifyRequest>;
}

const RETRY_AFTER_SECONDS = '5';

/**
 * A `preHandler` that refuses revoked tokens, for use after authentication. 401 with `invalid_token` (RFC 6750, 3.1) says that another token
 * may help; 503 says that none does until the list can be read again.
 */
export function requireNotRevoked(denylist: Denylist, options: RequireNotRevokedOptions): preHandlerHookHandler {
  const { admin = false, whenStale = 'closed', breakGlass } = options;
  const header = (breakGlass?.header ?? 'x-break-glass').toLowerCase();
  const opens = breakGlassCheck(breakGlass?.sha256 ?? []);
  const policy = { admin, whenStale };
  return function refuseRevoked(request, reply, done) {
    const claims = options.claims(request);
    if (claims === undefined) return unauthorized(reply, 'no verified token');
    const decision = denylist.decide(claims, policy);
    if (decision.state === 'allowed') return done();
    if (decision.state === 'stale' && admin && opens(request.headers[header])) {
      breakGlass?.used(request);
      request.log.error({ ageMs: decision.ageMs }, 'break-glass used: deny-list is stale');
      return done();
    }
    request.log.warn({ denylist: decision }, 'token refused');
    answer(reply, decision);
  };
}

function answer(reply: FastifyReply, decision: Exclude<Decision, { state: 'allowed' }>): void {
  if (decision.state !== 'stale')
    return unauthorized(
      reply,
      decision.state === 'revoked' ? 'the token was revoked' : 'the token lacks a claim that revocation needs',
    );
  void reply
    .code(503)
    .header('retry-after', RETRY_AFTER_SECONDS)
    .send({ error: 'revocation_unknown', message: 'Whether this token was revoked cannot be told at present.' });
}

function unauthorized(reply: FastifyReply, description: string): void {
  void reply
    .code(401)
    .header('www-authenticate', `Bearer error="invalid_token", error_description="${description}"`)
    .send({ error: 'invalid_token', message: description });
}
